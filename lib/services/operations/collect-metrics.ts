import "server-only";

import { STOP_KEY } from "@/lib/db/queries/waiting-pushes";
import { asSystem } from "@/lib/db/scope";
import { countWaiting } from "@/lib/jobs/enqueue";
import { QUEUES, type QueueName } from "@/lib/jobs/queues";
import { logger } from "@/lib/observability/logger";
import { metrics } from "@/lib/observability/metrics";
import { findUnsealedTail } from "@/lib/services/audit/seal-audit";

import { countSickFeeds } from "./count-sick-feeds";
import {
  listCredentialLives,
  listReaderLives,
  type CredentialLife,
  type ReaderLife,
} from "./credential-lives";

/** Everything measured, in Prometheus' text form, with what the database and the queue say at this moment. */
export const collectMetrics = async (
  now: Date = new Date(),
): Promise<{ text: string; contentType: string }> => {
  const {
    registry,
    outboxUnsent,
    auditUnsealed,
    auditUnsealedSeconds,
    working,
    feeds,
    sickFeeds,
    orphaned,
    stopped,
    waitingPlans,
    unanswered,
  } = metrics();
  const [counts, sick, tail, lives, readers] = await Promise.all([
    readCounts(),
    countSickFeeds(now),
    findUnsealedTail(now),
    listCredentialLives(),
    listReaderLives(),
    ...QUEUES.map(measureQueue),
  ]);
  outboxUnsent.set(counts.unsent);
  working.set({ kind: "run" }, counts.runs);
  working.set({ kind: "push" }, counts.pushes);
  orphaned.set(counts.orphaned);
  stopped.set(counts.stopped);
  waitingPlans.set(counts.waitingPlans);
  unanswered.set(counts.unanswered);
  feeds.set(counts.feeds);
  for (const [reason, count] of Object.entries(sick)) sickFeeds.set({ reason }, count);
  measureCredentials(lives, now);
  measureReaders(readers, now);
  auditUnsealed.set(tail.count);
  auditUnsealedSeconds.set(tail.oldestAt === null ? 0 : (now.getTime() - tail.oldestAt.getTime()) / 1000);
  return { text: await registry.metrics(), contentType: registry.contentType };
};

type Counts = {
  unsent: number;
  runs: number;
  pushes: number;
  orphaned: number;
  feeds: number;
  stopped: number;
  waitingPlans: number;
  unanswered: number;
};

const readCounts = (): Promise<Counts> =>
  asSystem("operations", async (tx) => {
    const [counts] = await tx.$queryRaw<Counts[]>`
      SELECT (SELECT count(*)::int FROM outbox WHERE sent_at IS NULL) AS unsent,
             (SELECT count(*)::int FROM feed_run WHERE state = 'running') AS runs,
             (SELECT count(*)::int FROM push WHERE state = 'running') AS pushes,
             (SELECT count(*)::int FROM remote_record WHERE state = 'orphaned') AS orphaned,
             (SELECT count(*)::int FROM connector c WHERE deleted_at IS NULL AND (EXISTS (
               SELECT FROM connector_stop s WHERE s.connector_id = c.id) OR EXISTS (
               SELECT FROM setting WHERE key = ${STOP_KEY}))) AS stopped,
             (SELECT count(*)::int FROM plan p JOIN connector c ON c.id = p.connector_id
               WHERE p.state = 'draft' AND p.waits_because IS NOT NULL AND c.enabled AND c.deleted_at IS NULL) AS "waitingPlans",
             (SELECT count(*)::int FROM push
               WHERE state = 'running' AND failures > 0 AND waiting_since < now() - interval '2 minutes') AS unanswered,
             (SELECT count(*)::int FROM feed WHERE enabled AND deleted_at IS NULL AND kind <> 'local') AS feeds`;
    if (!counts) throw new Error("The database answered nothing.");
    return counts;
  });

/** One line for each connector: those of deleted ones and of secrets that nobody dated are not to stay. */
const measureCredentials = (lives: readonly CredentialLife[], now: Date): void => {
  const { credentialExpiresSeconds, refusedCredentials } = metrics();
  credentialExpiresSeconds.reset();
  for (const { connectorId, connector, team, kind, expiresAt } of lives)
    if (expiresAt !== null) {
      const labels = { team, connector, connector_id: connectorId, kind };
      credentialExpiresSeconds.set(labels, (expiresAt.getTime() - now.getTime()) / 1000);
    }
  refusedCredentials.set(lives.filter(({ refusedAt }) => refusedAt !== null).length);
};

/** The same of what destinations are read with for all teams. */
const measureReaders = (lives: readonly ReaderLife[], now: Date): void => {
  const { readerExpiresSeconds, refusedReaders } = metrics();
  readerExpiresSeconds.reset();
  for (const { destinationId, tenantId, kind, expiresAt } of lives)
    if (expiresAt !== null) {
      const labels = { tenant_id: tenantId, destination_id: destinationId, kind };
      readerExpiresSeconds.set(labels, (expiresAt.getTime() - now.getTime()) / 1000);
    }
  refusedReaders.set(lives.filter(({ refusedAt }) => refusedAt !== null).length);
};

// A queue that is away is itself what has to be measured.
const measureQueue = async (queue: QueueName): Promise<void> => {
  const { queueWaiting, queueReachable } = metrics();
  try {
    queueWaiting.set({ queue }, await countWaiting(queue));
    queueReachable.set({ queue }, 1);
  } catch (error) {
    logger.warn({ err: error, queue }, "A queue could not be measured");
    queueReachable.set({ queue }, 0);
  }
};
