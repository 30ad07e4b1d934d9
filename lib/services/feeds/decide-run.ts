import "server-only";

import type { Tx } from "@/lib/db/client";
import type { Prisma } from "@/lib/db/generated/client";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { feedIngest } from "@/lib/jobs/feed-ingest.job";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { findLeftLast } from "./find-left-last";
import { RUN_SELECT, toRunView } from "./run-view";

type Subject = { id: string; teamId: string };

/**
 * Lets a held run through, or one that was discarded, or makes the one live again that a rollback left last: its kept body is applied,
 * and its size becomes what the next run is measured by.
 */
export const acceptRun = async (actor: Actor, run: Subject): Promise<void> => {
  await decide(actor, run, "accept");
  await relayOutbox();
};

/** Drops a held run: the last good generation stays live. */
export const discardRun = (actor: Actor, run: Subject): Promise<void> => decide(actor, run, "discard");

const decide = (actor: Actor, { id, teamId }: Subject, decision: "accept" | "discard"): Promise<void> =>
  asTeam(teamId, async (tx) => {
    const now = new Date();
    // Two decisions on runs of one feed, or a decision and a new run, come one after the other.
    await tx.$queryRaw`
      SELECT FROM feed WHERE id = (SELECT feed_id FROM feed_run WHERE id = ${id}::uuid AND team_id = ${teamId}::uuid) FOR UPDATE`;
    const run = await tx.feedRun.findUnique({
      where: { id, teamId },
      select: { ...DECIDED_ON, feed: { select: { name: true } } },
    });
    if (!run) throw new AppError("not_found", "There is no such run.");
    if (decision === "discard" && run.state !== "held")
      throw new AppError("conflict", `Only a held run can be discarded; this one is ${run.state}.`);
    if (decision === "accept") await assertAcceptable(tx, run);
    await tx.feedRun.update({
      where: { id, teamId },
      data: {
        decidedBy: actor.userId,
        decidedAt: now,
        // Its time begins anew: what it took before says nothing of how long it waits or works now.
        ...(decision === "accept"
          ? { state: "queued", queuedAt: now, startedAt: null, finishedAt: null, attempts: 0 }
          : { state: "discarded" }),
      },
    });
    await recordAudit(
      tx,
      {
        teamId,
        doer: asDoer(actor),
        action: run.state === "rolled_back" ? "run.roll-forward" : `run.${decision}`,
        subject: { type: "run", id },
        detail: { feed: run.feed.name, number: run.number, values: run.values },
      },
      now,
    );
    if (decision === "accept") await announce(tx, feedIngest, { runId: id });
  });

const DECIDED_ON = {
  state: true,
  number: true,
  feedId: true,
  teamId: true,
  values: true,
  bodyId: true,
  decidedBy: true,
} as const satisfies Prisma.FeedRunSelect;
type DecidedOn = Prisma.FeedRunGetPayload<{ select: typeof DECIDED_ON }>;

/**
 * What is held, was discarded by a person while its source has given nothing else since, or was left by rollback and is next to go
 * forward to; and is still kept.
 */
const assertAcceptable = async (tx: Tx, run: DecidedOn): Promise<void> => {
  const isRefused = run.state === "discarded" && run.decidedBy !== null;
  const isLeft = run.state === "rolled_back";
  if (run.state !== "held" && !isRefused && !isLeft)
    throw new AppError(
      "conflict",
      `Only a run that is held, was discarded, or was left by rollback can be accepted; this one is ${run.state}.`,
    );
  if (run.bodyId === null)
    throw new AppError("conflict", "The list of this run is no longer kept. Run the feed again.");
  const newer = { feedId: run.feedId, teamId: run.teamId, number: { gt: run.number } };
  const open = await tx.feedRun.findFirst({
    where: { ...newer, state: { in: ["queued", "running", "succeeded"] } },
    select: { number: true },
  });
  if (open)
    throw new AppError(
      "conflict",
      `Run ${String(open.number)} is newer and already live or under way; this one can${isLeft ? "not be live again" : " only be discarded"}.`,
    );
  if (isLeft) await assertNextForward(tx, run);
  if (!isRefused) return;
  const last = await tx.feedRun.findFirst({
    where: { ...newer, state: { not: "failed" } },
    orderBy: { number: "desc" },
    select: RUN_SELECT,
  });
  if (last && toRunView(last).sameAs !== run.number)
    throw new AppError(
      "conflict",
      `The source has given another list since, in run ${String(last.number)}. Run the feed again.`,
    );
};

/** As they were left, the last one first: each then finds what it found when it was live. */
const assertNextForward = async (tx: Tx, { feedId, teamId, number }: DecidedOn): Promise<void> => {
  // What one on its way will have left behind is not known yet.
  const open = await tx.feedRun.findFirst({
    where: { feedId, teamId, state: { in: ["queued", "running"] } },
    select: { number: true },
  });
  if (open)
    throw new AppError("conflict", `Run ${String(open.number)} is under way. Wait until it has ended.`);
  const last = await findLeftLast(tx, { feedId, teamId });
  if (last !== null && last !== number)
    throw new AppError("conflict", `Run ${String(last)} was left last. Make that one live again first.`);
  const held = await tx.feedRun.findFirst({
    where: { feedId, teamId, number: { gt: number }, state: "held" },
    select: { number: true },
  });
  if (held)
    throw new AppError(
      "conflict",
      `Run ${String(held.number)} is newer and held. Accept or discard that one first.`,
    );
};
