import "server-only";

import { randomUUID } from "node:crypto";

import type { Tx } from "@/lib/db/client";
import { readClockOf } from "@/lib/db/clock";
import { asSystem, asTeam } from "@/lib/db/scope";
import { recallCarryOut } from "@/lib/jobs/recall-carry-out.job";
import { asDoer, can, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { RecallTarget } from "@/lib/domain/screening/recall-input";
import { bumpScreening } from "@/lib/services/allowlists/bump-screening";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { assertLater } from "@/lib/services/withheld/hold-end";

import { RECALL_SELECT, toRecallView, type RecallView } from "./recall-view";

/** A transaction that may write recalls of the team, or those of every team, which are an administrator's alone. */
const asRecaller = <T>(actor: Actor, teamId: string | null, run: (tx: Tx) => Promise<T>): Promise<T> => {
  if (teamId !== null) return asTeam(teamId, run);
  if (can(actor, "admin.system")) return asSystem("administration", run);
  throw new AppError("forbidden", "Only an administrator may recall something of every team.");
};

type Input = { target: RecallTarget; reason: string; until: Date | null };

/**
 * Takes something back in a team, or in every team (null): from now on nothing of it is planned or sent, what stands at
 * destinations is removed before everything else, and no feed brings it back while the recall stands. Throws `invalid_input` for
 * an end in the past.
 */
export const createRecall = async (
  actor: Actor,
  teamId: string | null,
  { target, reason, until }: Input,
): Promise<RecallView> => {
  const id = randomUUID();
  const recall = await asRecaller(actor, teamId, async (tx) => {
    const now = await readClockOf(tx);
    assertLater(until, now);
    const made = await tx.recall.create({
      data: {
        ...{ id, teamId, kind: target.kind, value: target.value, reason, until, createdAt: now },
        ...{ createdBy: actor.userId, createdByName: actor.name },
      },
      select: RECALL_SELECT,
    });
    const subject = { type: "recall", id };
    const detail = { ...target, reason, until: until?.toISOString() ?? null };
    await recordAudit(tx, { teamId, doer: asDoer(actor), action: "recall.create", subject, detail }, now);
    // Before the teams are screened anew, which takes longer.
    await announce(tx, recallCarryOut, { recallId: id });
    await bumpScreening(tx, teamId);
    return toRecallView(made, now);
  });
  await relayOutbox();
  return recall;
};

/** Ends a recall: what it met is active again where somebody still vouches for it, and goes out with the next plan. */
export const liftRecall = async (actor: Actor, recall: RecallView): Promise<void> => {
  if (!recall.isStanding) throw new AppError("conflict", "This recall does not stand any more.");
  await asRecaller(actor, recall.teamId, async (tx) => {
    const now = await readClockOf(tx);
    const { count } = await tx.recall.updateMany({
      where: { id: recall.id, liftedAt: null },
      data: { liftedAt: now, liftedByName: actor.name },
    });
    if (count === 0) throw new AppError("conflict", "This recall does not stand any more.");
    const subject = { type: "recall", id: recall.id };
    const detail = { kind: recall.kind, value: recall.value };
    const doer = asDoer(actor);
    await recordAudit(tx, { teamId: recall.teamId, doer, action: "recall.lift", subject, detail }, now);
    await bumpScreening(tx, recall.teamId);
  });
  await relayOutbox();
};
