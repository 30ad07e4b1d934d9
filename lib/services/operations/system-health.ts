import "server-only";

import { asSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { env } from "@/lib/env/server";
import { countWaiting } from "@/lib/jobs/enqueue";
import { QUEUES, type QueueName } from "@/lib/jobs/queues";
import { findUnsealedTail } from "@/lib/services/audit/seal-audit";
import { readStopOfAll, type Stop } from "@/lib/services/delivery/delivery-stop";
import { requireAdministrator } from "@/lib/services/people/privilege";

import {
  listEndingCredentials,
  listEndingReaders,
  type CredentialLife,
  type ReaderLife,
} from "./credential-lives";
import { listOrphanedRecords, type OrphanedRecords } from "./orphaned-records";

export type SystemHealth = {
  databaseVersion: string;
  databaseBytes: number;
  queueStore: "PostgreSQL" | "Redis";
  /** Null: the queue's store is not reachable. */
  waiting: { queue: QueueName; jobs: number | null }[];
  /** Announced work that no job carries yet, and how old the oldest is. */
  outbox: { unsent: number; oldest: Date | null };
  running: { runs: number; pushes: number };
  audit: { unsealed: number; isLate: boolean };
  /** Who switched all sending off; null while it is on. */
  stop: Stop | null;
  /** Records whose makers cannot sign in any more, by maker. */
  orphaned: OrphanedRecords[];
  /** What connectors sign in with and Microsoft does not take, or soon will not. */
  endingCredentials: CredentialLife[];
  /** The same of destinations. */
  endingReaders: ReaderLife[];
};

/** How the installation fares, for administrators. */
export const readSystemHealth = async (actor: Actor, now: Date): Promise<SystemHealth> => {
  requireAdministrator(actor, "admin.system");
  const [row, waiting, tail, orphaned, endingCredentials, endingReaders, stop] = await Promise.all([
    asSystem("operations", async (tx) => {
      const [facts] = await tx.$queryRaw<Facts[]>`
        SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes,
          (SELECT count(*) FROM outbox WHERE sent_at IS NULL) AS unsent,
          (SELECT min(created_at) FROM outbox WHERE sent_at IS NULL) AS oldest,
          (SELECT count(*) FROM feed_run WHERE state = 'running') AS runs,
          (SELECT count(*) FROM push WHERE state = 'running') AS pushes`;
      if (!facts) throw new Error("The database answered nothing.");
      return facts;
    }),
    Promise.all(QUEUES.map(async (queue) => ({ queue, jobs: await countOrNull(queue) }))),
    findUnsealedTail(now),
    listOrphanedRecords(),
    listEndingCredentials(now),
    listEndingReaders(now),
    asSystem("operations", readStopOfAll),
  ]);
  return {
    databaseVersion: row.version,
    databaseBytes: Number(row.bytes),
    queueStore: env().REDIS_URL ? "Redis" : "PostgreSQL",
    waiting,
    outbox: { unsent: Number(row.unsent), oldest: row.oldest },
    running: { runs: Number(row.runs), pushes: Number(row.pushes) },
    audit: { unsealed: tail.count, isLate: tail.isLate },
    orphaned,
    endingCredentials,
    endingReaders,
    stop,
  };
};

type Facts = {
  version: string;
  bytes: bigint;
  unsent: bigint;
  oldest: Date | null;
  runs: bigint;
  pushes: bigint;
};

// A queue that is away is what the page has to say, not a reason to say nothing.
const countOrNull = async (queue: QueueName): Promise<number | null> => {
  try {
    return await countWaiting(queue);
  } catch {
    return null;
  }
};
