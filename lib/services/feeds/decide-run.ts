import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { feedIngest } from "@/lib/jobs/feed-ingest.job";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

type Subject = { id: string; teamId: string };

/** Lets a held run through, or one that was discarded: its kept body is applied, and its size becomes what the next run is measured by. */
export const acceptRun = async (actor: Actor, run: Subject): Promise<void> => {
  await decide(actor, run, "accept");
  await relayOutbox();
};

/** Drops a held run: the last good generation stays live. */
export const discardRun = (actor: Actor, run: Subject): Promise<void> => decide(actor, run, "discard");

const decide = (actor: Actor, { id, teamId }: Subject, decision: "accept" | "discard"): Promise<void> =>
  asTeam(teamId, async (tx) => {
    const now = new Date();
    const run = await tx.feedRun.findUnique({
      where: { id, teamId },
      select: {
        state: true,
        number: true,
        feedId: true,
        values: true,
        bodyId: true,
        decidedBy: true,
        feed: { select: { name: true } },
      },
    });
    if (!run) throw new AppError("not_found", "There is no such run.");
    // Two decisions on runs of one feed, or a decision and a new run, come one after the other.
    await tx.$queryRaw`SELECT FROM feed WHERE id = ${run.feedId}::uuid FOR UPDATE`;
    const newer = await tx.feedRun.findFirst({
      where: {
        feedId: run.feedId,
        teamId,
        number: { gt: run.number },
        state: { in: ["queued", "running", "succeeded"] },
      },
      select: { number: true },
    });
    if (decision === "accept" && newer) {
      throw new AppError(
        "conflict",
        `Run ${String(newer.number)} is newer and already live or under way; this one can only be discarded.`,
      );
    }
    // One that a newer run has overtaken was decided on by nobody.
    const wasRefused = run.state === "discarded" && run.decidedBy !== null && run.bodyId !== null;
    const { count } = await tx.feedRun.updateMany({
      where: { id, teamId, state: decision === "accept" && wasRefused ? "discarded" : "held" },
      data: {
        state: decision === "accept" ? "queued" : "discarded",
        decidedBy: actor.userId,
        decidedAt: now,
      },
    });
    if (count === 0)
      throw new AppError("conflict", `Only a held run can be decided on; this one is ${run.state}.`);
    await recordAudit(
      tx,
      {
        teamId,
        doer: asDoer(actor),
        action: `run.${decision}`,
        subject: { type: "run", id },
        detail: { feed: run.feed.name, number: run.number, values: run.values },
      },
      now,
    );
    if (decision === "accept") await announce(tx, feedIngest, { runId: id });
  });
