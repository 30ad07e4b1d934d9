import type { PoolClient } from "pg";
import { to as copyTo } from "pg-copy-streams";

import { openCopy } from "../copy";
import { ageOf } from "./removal";

/** One value that a feed vouches for: `id` is the attribution's. */
export type KnownRow = {
  id: number;
  /** Its key's four words. */
  a: number;
  b: number;
  c: number;
  d: number;
  /** Its fingerprint's two words. */
  high: number;
  low: number;
  type: number;
  /** False when its end must be set anew: then it is compared in the database, whatever its row says. */
  isSettled: boolean;
};

/** The feed's live generation, 0 for none, and about how many values it holds: as many as its run found. */
export const findLive = async (
  client: PoolClient,
  feedId: string,
): Promise<{ generation: number; size: number }> => {
  const { rows } = await client.query<{ generation: number; size: number }>(
    `SELECT f.live_generation AS generation,
       coalesce(r."values" - r.duplicate - r.excluded - r.rejected, 0) AS size
     FROM feed f LEFT JOIN feed_run r ON r.feed_id = f.id AND r.number = f.live_generation WHERE f.id = $1`,
    [feedId],
  );
  return rows[0] ?? { generation: 0, size: 0 };
};

/** Reads what the feed vouches for and found at its last look; `take` is called for each value, always with the same object. */
export const readKnown = async (
  client: PoolClient,
  { feedId, days }: { feedId: string; days: readonly number[] },
  take: (row: KnownRow) => void,
): Promise<void> => {
  // COPY takes no parameters.
  const ages = client.escapeLiteral(`{${days.join(",")}}`);
  const rows = client.query(
    copyTo(`COPY (
      SELECT i.key, a.fingerprint, a.id, i.type,
        a.expires_at IS NOT DISTINCT FROM a.first_seen + ${ageOf("i.type", ages)} AS is_settled
      FROM attribution a JOIN indicator i ON i.id = a.indicator_id
      WHERE a.feed_id = ${client.escapeLiteral(feedId)} AND a.until_generation IS NULL AND a.absent_from_run IS NULL
    ) TO STDOUT (FORMAT binary)`),
  );
  let rest: Buffer = Buffer.alloc(0);
  let isBegun = false;
  // One object for all: a million of them outlived a run of a million rows.
  const row: KnownRow = { id: 0, a: 0, b: 0, c: 0, d: 0, high: 0, low: 0, type: 0, isSettled: false };
  for await (const chunk of rows as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    if (!isBegun) {
      if (rest.length < HEADER_BYTES) continue;
      at = HEADER_BYTES;
      isBegun = true;
    }
    for (; at + ROW_BYTES <= rest.length; at += ROW_BYTES) {
      readRow(rest, at, row);
      take(row);
    }
    rest = rest.subarray(at);
  }
  if (rest.length !== TRAILER_BYTES) throw new Error("PostgreSQL's binary COPY is not as it was.");
};

// Each field is preceded by four bytes of length, each row by two bytes of count; none of these is ever null.
const readRow = (bytes: Buffer, at: number, row: KnownRow): void => {
  row.a = bytes.readUInt32BE(at + 6);
  row.b = bytes.readUInt32BE(at + 10);
  row.c = bytes.readUInt32BE(at + 14);
  row.d = bytes.readUInt32BE(at + 18);
  row.high = bytes.readUInt32BE(at + 26);
  row.low = bytes.readUInt32BE(at + 30);
  row.id = bytes.readUInt32BE(at + 38) * 2 ** 32 + bytes.readUInt32BE(at + 42);
  row.type = bytes.readInt16BE(at + 50);
  row.isSettled = bytes[at + 56] === 1;
};

const HEADER_BYTES = 19;
const ROW_BYTES = 57;
const TRAILER_BYTES = 2;

/**
 * Stages values that were passed over as known but turned out to have another row in the list, so that both are merged:
 * what they say is what is vouched for already, where they stood and when they were seen is as their first row has it now.
 * Returns their keys.
 */
export const stageAgain = async (
  client: PoolClient,
  rows: readonly { id: number; line: number; firstSeen: Date | null; lastSeen: Date | null }[],
): Promise<readonly string[]> => {
  if (rows.length === 0) return [];
  const staged = await client.query<{ key: string }>(
    `INSERT INTO stage (key, type, value, line, confidence, tlp, tags, comment, threat_type, first_seen, last_seen,
       valid_until, context)
     SELECT i.key, i.type, i.value, again.line, a.confidence, a.tlp, a.tags, a.comment, a.threat_type, again.first_seen,
       again.last_seen, a.valid_until, a.context
     FROM unnest($1::bigint[], $2::int[], $3::timestamptz[], $4::timestamptz[]) AS again (id, line, first_seen, last_seen) JOIN attribution a ON a.id = again.id
     JOIN indicator i ON i.id = a.indicator_id
     RETURNING key`,
    [
      rows.map(({ id }) => id),
      rows.map(({ line }) => line),
      rows.map(({ firstSeen }) => firstSeen),
      rows.map(({ lastSeen }) => lastSeen),
    ],
  );
  return staged.rows.map(({ key }) => key);
};

/** Lists what a run did not meet, for `withdrawMissing`. */
export const listUnseen = async (client: PoolClient, ids: Iterable<number>): Promise<void> => {
  await client.query("CREATE TEMPORARY TABLE unseen (id bigint NOT NULL) ON COMMIT DROP");
  const copy = openCopy(client, "unseen", ["id"]);
  try {
    for (const id of ids) await copy.write([id]);
    await copy.end();
  } catch (error) {
    await copy.abort();
    throw error;
  }
};
