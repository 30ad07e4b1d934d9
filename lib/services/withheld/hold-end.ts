import "server-only";

import { readClockOf } from "@/lib/db/clock";
import { asSystem, asTeam } from "@/lib/db/scope";
import { asDoer, SYSTEM, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { announcePlans } from "@/lib/services/planning/announce-plans";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { voidTakingBack } from "./void-taking-back";

/** Throws `invalid_input` for an end that has passed; `now` by the database's clock, which says when it has come. */
export const assertLater = (until: Date | null, now: Date): void => {
  if (until === null || until > now) return;
  const detail = "It would end in the past. Give a later end, or none.";
  throw new AppError("invalid_input", detail, { fields: [{ pointer: "/until", detail }] });
};

/** Says when a hold lifts itself, or that somebody is to lift it. Throws `conflict` for one that was lifted. */
export const setHoldEnd = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
  until: Date | null,
): Promise<void> => {
  await asTeam(teamId, async (tx) => {
    const now = await readClockOf(tx);
    assertLater(until, now);
    const { count } = await tx.withheld.updateMany({
      where: { id, teamId, liftedAt: null },
      data: { until },
    });
    if (count === 0) throw new AppError("conflict", "It is not held back any more.");
    const subject = { type: "withheld", id };
    const detail = { until: until?.toISOString() ?? null };
    await recordAudit(tx, { teamId, doer: asDoer(actor), action: "withheld.set-end", subject, detail }, now);
  });
};

/** Who lifted a hold whose end came. */
const ITS_END = "Its end";

/**
 * Lifts each hold whose end has come by the database's clock: what is still vouched for goes out again with the next plan. Gives how
 * many. Call about once a minute; of several at once each hold is lifted by one.
 */
export const liftEndedHolds = async (given?: Date): Promise<number> => {
  const lifted = await asSystem("scheduling", async (tx) => {
    const now = given ?? (await readClockOf(tx));
    const ended = await tx.withheld.updateManyAndReturn({
      where: { until: { lte: now }, liftedAt: null },
      data: { liftedAt: now, liftedByName: ITS_END },
      select: { id: true, teamId: true, until: true },
    });
    for (const { id, teamId, until } of ended) {
      const subject = { type: "withheld", id };
      const detail = { until: until?.toISOString() ?? null };
      await recordAudit(tx, { teamId, doer: SYSTEM, action: "withheld.lift", subject, detail }, now);
    }
    const [holdIds, teamIds] = [ended.map((hold) => hold.id), ended.map((hold) => hold.teamId)];
    await voidTakingBack(tx, { holdIds, teamIds });
    // In the order in which whoever else announces several teams does it.
    for (const teamId of [...new Set(ended.map((hold) => hold.teamId))].toSorted())
      await announcePlans(tx, teamId);
    return ended.length;
  });
  if (lifted > 0) await relayOutbox();
  return lifted;
};
