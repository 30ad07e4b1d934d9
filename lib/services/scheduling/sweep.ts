import "server-only";

import { asSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { feedIngest } from "@/lib/jobs/feed-ingest.job";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { pushDeliverUrgent } from "@/lib/jobs/push-deliver-urgent.job";
import { queueRun } from "@/lib/services/feeds/queue-run";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { sweepSubscriptions } from "@/lib/services/subscriptions/follow-shared";

/** Work that no job was seen to touch for so long is announced again; every worker sweeps, so each announcement is noted. */
const FORGOTTEN_SECONDS = 30;
const DUE_LIMIT = 100;
/** A run that ended so many workers is not given to another. */
const MAX_ATTEMPTS = 5;

/**
 * Finds work that is due or that no job knows of: feeds whose time has come, runs and pushes that wait, whose worker died, or
 * whose pause is over. PostgreSQL is the truth here, so a queue that lost everything is whole again after one sweep.
 */
export const sweep = async (now: Date): Promise<void> => {
  await queueDueFeeds(now);
  await sweepSubscriptions(now);
  await announceForgotten();
  await relayOutbox();
};

const queueDueFeeds = async (now: Date): Promise<void> => {
  await asSystem("scheduling", async (tx) => {
    const due = await tx.feed.findMany({
      where: { enabled: true, deletedAt: null, nextRunAt: { lte: now }, kind: { not: "local" } },
      orderBy: { nextRunAt: "asc" },
      take: DUE_LIMIT,
      select: { id: true, teamId: true },
    });
    for (const { id, teamId } of due)
      await queueRun(tx, { feedId: id, teamId, trigger: "schedule", doer: SYSTEM, now });
  });
};

const announceForgotten = async (): Promise<void> => {
  await asSystem("scheduling", async (tx) => {
    const error = {
      code: "gave_up",
      message: `The worker died ${String(MAX_ATTEMPTS)} times on this run. The last good run stays live; see the worker's log.`,
      retry: "never",
    };
    await tx.$executeRaw`
      UPDATE feed_run SET state = 'failed', finished_at = now(), lease_until = NULL, error = ${JSON.stringify(error)}::jsonb
      WHERE state = 'running' AND lease_until < now() AND attempts >= ${MAX_ATTEMPTS}`;
    const runs = await tx.$queryRaw<{ id: string }[]>`
      UPDATE feed_run SET announced_at = now() WHERE id IN (
        SELECT id FROM feed_run
        WHERE ((state = 'queued' AND queued_at < now() - make_interval(secs => ${FORGOTTEN_SECONDS}))
            OR (state = 'running' AND lease_until < now()))
          AND (announced_at IS NULL OR announced_at < lease_until
            OR announced_at < now() - make_interval(secs => ${FORGOTTEN_SECONDS}))
        LIMIT ${DUE_LIMIT} FOR UPDATE SKIP LOCKED)
      RETURNING id`;
    for (const { id } of runs) await announce(tx, feedIngest, { runId: id });
    const pushes = await tx.$queryRaw<{ id: string; urgent: boolean }[]>`
      UPDATE push SET announced_at = now() WHERE id IN (
        SELECT id FROM push
        WHERE ((state = 'queued' AND queued_at < now() - make_interval(secs => ${FORGOTTEN_SECONDS}))
            OR (state = 'running' AND (lease_until IS NULL OR lease_until < now())
              AND (wake_at IS NULL OR wake_at <= now())))
          AND (announced_at IS NULL OR announced_at < lease_until
            OR announced_at < now() - make_interval(secs => ${FORGOTTEN_SECONDS}))
        LIMIT ${DUE_LIMIT} FOR UPDATE SKIP LOCKED)
      RETURNING id, urgent`;
    for (const { id, urgent } of pushes)
      await announce(tx, urgent ? pushDeliverUrgent : pushDeliver, { pushId: id });
  });
};
