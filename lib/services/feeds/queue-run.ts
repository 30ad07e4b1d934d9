import "server-only";

import type { Tx } from "@/lib/db/client";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type Doer } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { nextRunAt, type Schedule } from "@/lib/domain/feed/schedule";
import { feedIngest } from "@/lib/jobs/feed-ingest.job";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

type Queued = { id: string; isNew: boolean };
type Input = {
  feedId: string;
  teamId: string;
  trigger: "person" | "schedule" | "source";
  doer: Doer;
  now: Date;
};

/** Queues a run of a feed now. A run that already waits or works is given back instead: a feed never overlaps with itself. */
export const runFeedNow = async (
  actor: Actor,
  feed: { id: string; teamId: string },
): Promise<{ id: string }> => {
  const now = new Date();
  const { id } = await asTeam(feed.teamId, (tx) =>
    queueRun(tx, { feedId: feed.id, teamId: feed.teamId, trigger: "person", doer: asDoer(actor), now }),
  );
  await relayOutbox();
  return { id };
};

/** Queues a run and sets when the next is due, in the caller's transaction. */
export const queueRun = async (tx: Tx, { feedId, teamId, trigger, doer, now }: Input): Promise<Queued> => {
  // The row is locked: two callers at once agree on one run.
  const [feed] = await tx.$queryRaw<LockedFeed[]>`
    SELECT kind::text, enabled, every_minutes AS "everyMinutes", cron, time_zone AS "timeZone",
      last_run_number AS "lastRunNumber", name
    FROM feed WHERE id = ${feedId}::uuid AND team_id = ${teamId}::uuid AND deleted_at IS NULL FOR UPDATE`;
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  if (feed.kind === "local") {
    throw new AppError(
      "invalid_input",
      "A team's own list has nothing to fetch: add indicators to it instead.",
    );
  }
  const schedule = { nextRunAt: nextRunAt(feed, now, Math.random()) };
  const open = await tx.feedRun.findFirst({
    where: { feedId, teamId, state: { in: ["queued", "running"] } },
    select: { id: true },
  });
  if (open) {
    await tx.feed.update({ where: { id: feedId, teamId }, data: schedule, select: { id: true } });
    return { id: open.id, isNew: false };
  }
  const number = feed.lastRunNumber + 1;
  await tx.feed.update({
    where: { id: feedId, teamId },
    data: { ...schedule, lastRunNumber: number },
    select: { id: true },
  });
  const run = await tx.feedRun.create({
    data: { feedId, teamId, number, trigger, requestedBy: doer.id, queuedAt: now },
    select: { id: true },
  });
  if (trigger === "person") {
    const subject = { type: "feed", id: feedId };
    await recordAudit(
      tx,
      { teamId, doer, action: "feed.run", subject, detail: { name: feed.name, number } },
      now,
    );
  }
  await announce(tx, feedIngest, { runId: run.id });
  return { id: run.id, isNew: true };
};

type LockedFeed = Schedule & { kind: string; lastRunNumber: number; name: string };
