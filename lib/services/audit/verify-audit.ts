import "server-only";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";

import { entryText, type EntryColumns } from "./entry-text";
import { CHAIN_START, sealHash } from "./seal-chain";

const BATCH = 5000;

export type AuditVerdict = {
  ok: boolean;
  /** Seals that were checked, up to the first broken one. */
  checked: number;
  /** The end of the chain: compare it with one that was kept elsewhere. Null without any seal. */
  head: { seq: string; hash: string } | null;
  broken: { seq: string; entryId: string; reason: string } | null;
  /** Entries that no seal covers. */
  unsealed: number;
};

/**
 * Follows the hash chain from its start and says where it first breaks: a seal or an entry that is missing, was altered, or
 * was put elsewhere. It cannot see that the end was cut off; the head, logged at each sealing, can tell that.
 */
export const verifyAudit = (): Promise<AuditVerdict> =>
  bulkAsSystem("audit", async (client) => {
    const unsealed = await countUnsealed(client);
    let hash: Buffer = CHAIN_START;
    let seq = 0n;
    for (;;) {
      const rows = await readBatch(client, seq);
      for (const row of rows) {
        const reason = findBreak(row, seq + 1n, hash);
        if (reason !== null) {
          const broken = { seq: row.seq, entryId: row.entryId, reason };
          return { ok: false, checked: Number(seq), head: describeHead(seq, hash), broken, unsealed };
        }
        seq += 1n;
        hash = row.hash;
      }
      if (rows.length < BATCH)
        return { ok: true, checked: Number(seq), head: describeHead(seq, hash), broken: null, unsealed };
    }
  });

type SealedRow = { seq: string; entryId: string; hash: Buffer; canonical: string | null } & EntryColumns;

const findBreak = (row: SealedRow, expectedSeq: bigint, previous: Buffer): string | null => {
  if (BigInt(row.seq) !== expectedSeq) return `The seal ${expectedSeq.toString()} is missing.`;
  if (row.canonical === null) return "The entry is missing.";
  if (entryText(row) !== row.canonical) return "The entry differs from its text: a column was altered.";
  if (!sealHash(previous, row.canonical).equals(row.hash))
    return "The seal does not fit: the entry's text, the seal or one before it was altered.";
  return null;
};

const readBatch = async (client: PoolClient, after: bigint): Promise<SealedRow[]> => {
  const { rows } = await client.query<SealedRow>(
    `SELECT s.seq, s.entry_id AS "entryId", s.hash, e.canonical, e.at, e.team_id AS "teamId",
            e.actor_id AS "actorId", e.actor_name AS "actorName", e.action, e.subject_type AS "subjectType",
            e.subject_id AS "subjectId", e.detail
     FROM audit_seal s LEFT JOIN audit_entry e ON e.id = s.entry_id
     WHERE s.seq > $1 ORDER BY s.seq LIMIT ${String(BATCH)}`,
    [after.toString()],
  );
  return rows;
};

const countUnsealed = async (client: PoolClient): Promise<number> => {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM audit_entry e
     WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.entry_id = e.id)`,
  );
  return rows[0]?.count ?? 0;
};

const describeHead = (seq: bigint, hash: Buffer) =>
  seq === 0n ? null : { seq: seq.toString(), hash: hash.toString("hex") };
