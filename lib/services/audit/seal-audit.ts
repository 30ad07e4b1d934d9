import "server-only";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";
import { logger } from "@/lib/observability/logger";

import { CHAIN_START, sealHash } from "./seal-chain";

const BATCH = 1000;
/** An unsealed entry is looked for among the ids since the oldest of so many seals; a sweep looks at all. */
const RECENT_SEALS = 10_000;
const LATE_AFTER_MS = 60_000;

type Options = {
  /** Looks at every entry, for one whose transaction took so long that thousands were sealed meanwhile. */
  sweep?: boolean;
};

/**
 * Continues the hash chain over the audit entries that have no seal yet, in the order of their ids. Any number of processes
 * may call it: one seals, the others find the work done. Gives the number sealed by this call.
 */
export const sealAudit = async ({ sweep = false }: Options = {}): Promise<number> => {
  let total = 0;
  for (;;) {
    const sealed = await bulkAsSystem("audit", (client) => sealBatch(client, sweep));
    total += sealed;
    if (sealed < BATCH) return total;
  }
};

type Tail = {
  count: number;
  oldestAt: Date | null;
  /** The oldest has waited longer than a minute: no sealer runs, or it fails. */
  isLate: boolean;
};

/** The entries that no seal covers yet; an alert when they wait too long. */
export const findUnsealedTail = (now: Date = new Date()): Promise<Tail> =>
  bulkAsSystem("audit", async (client) => {
    const { rows } = await client.query<{ count: number; oldest: Date | null }>(
      `SELECT count(*)::int AS count, min(e.at) AS oldest FROM audit_entry e WHERE ${UNSEALED} AND e.id > $1`,
      [await findFloor(client)],
    );
    const { count = 0, oldest = null } = rows[0] ?? {};
    const isLate = oldest !== null && now.getTime() - oldest.getTime() > LATE_AFTER_MS;
    return { count, oldestAt: oldest, isLate };
  });

const UNSEALED = "NOT EXISTS (SELECT FROM audit_seal s WHERE s.entry_id = e.id)";

const sealBatch = async (client: PoolClient, sweep: boolean): Promise<number> => {
  // Held until commit, so that the next sealer sees this one's seals.
  const { rows: locks } = await client.query<{ locked: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('sluice.audit-seal', 0)) AS locked",
  );
  if (!locks[0]?.locked) return 0;
  const { rows: last } = await client.query<{ seq: string; hash: Buffer }>(
    "SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1",
  );
  const { rows: entries } = await client.query<{ id: string; canonical: string }>(
    `SELECT e.id, e.canonical FROM audit_entry e WHERE ${UNSEALED} AND e.id > $1 ORDER BY e.id LIMIT ${String(BATCH)}`,
    [sweep ? "0" : await findFloor(client)],
  );
  if (entries.length === 0) return 0;

  let seq = BigInt(last[0]?.seq ?? 0);
  let hash = last[0]?.hash ?? CHAIN_START;
  const seals = entries.map(({ id, canonical }) => {
    seq += 1n;
    hash = sealHash(hash, canonical);
    return { seq: seq.toString(), id, hash };
  });
  await client.query(
    `INSERT INTO audit_seal (seq, entry_id, hash)
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])`,
    [seals.map((seal) => seal.seq), seals.map(({ id }) => id), seals.map((seal) => seal.hash)],
  );
  // Whoever keeps the log elsewhere can tell when the end of the chain was cut off.
  logger.info({ seq: seq.toString(), head: hash.toString("hex") }, "Audit entries sealed");
  return entries.length;
};

const findFloor = async (client: PoolClient): Promise<string> => {
  const { rows } = await client.query<{ floor: string }>(
    `SELECT CASE WHEN count(*) < ${String(RECENT_SEALS)} THEN 0 ELSE min(entry_id) END AS floor
     FROM (SELECT entry_id FROM audit_seal ORDER BY seq DESC LIMIT ${String(RECENT_SEALS)}) recent`,
  );
  return rows[0]?.floor ?? "0";
};
