import { pipeline } from "node:stream/promises";

import type { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";

import { timed } from "./lib";

/** What one ingest writes, as the floor copies it. */
const TABLES = {
  indicator: (feedId: string) =>
    `SELECT i.* FROM indicator i JOIN attribution a ON a.indicator_id = i.id WHERE a.feed_id = '${feedId}' ORDER BY i.id`,
  attribution: (feedId: string) => `SELECT * FROM attribution WHERE feed_id = '${feedId}' ORDER BY id`,
  team_indicator: (feedId: string) =>
    `SELECT t.* FROM team_indicator t JOIN attribution a USING (indicator_id) WHERE a.feed_id = '${feedId}' ORDER BY t.indicator_id`,
  body_chunk: (feedId: string) =>
    `SELECT c.* FROM body_chunk c JOIN body b ON b.id = c.body_id WHERE b.feed_id = '${feedId}'`,
};

/**
 * Milliseconds that COPY takes for the rows that a feed's first run wrote, as superuser, into `LIKE … INCLUDING ALL` copies
 * of the tables, in one transaction. The rows wait in memory, so that only the writing is measured.
 */
export const measureFloor = async (owner: Client, feedId: string): Promise<number> => {
  const copies: { table: string; data: Buffer[] }[] = [];
  for (const [table, select] of Object.entries(TABLES)) {
    const data: Buffer[] = [];
    await pipeline(owner.query(copyTo(`COPY (${select(feedId)}) TO STDOUT`)), async (source) => {
      for await (const chunk of source) data.push(chunk as Buffer);
    });
    await owner.query(`CREATE TABLE floor_${table} (LIKE ${table} INCLUDING ALL)`);
    copies.push({ table, data });
  }
  await owner.query("CHECKPOINT");
  const { ms } = await timed(async () => {
    await owner.query("BEGIN");
    for (const { table, data } of copies)
      await pipeline(data, owner.query(copyFrom(`COPY floor_${table} FROM STDIN`)));
    await owner.query("COMMIT");
  });
  for (const { table } of copies) await owner.query(`DROP TABLE floor_${table}`);
  return ms;
};

/** How many rows of the tables of indicators are not as they were; what `before` and `after` give differs by them. */
export const countWritten = async (owner: Client, since: string): Promise<number> => {
  const { rows } = await owner.query<{ written: string }>(
    `SELECT (SELECT count(*) FROM indicator WHERE xmin::text::bigint >= $1::bigint)
       + (SELECT count(*) FROM attribution WHERE xmin::text::bigint >= $1::bigint)
       + (SELECT count(*) FROM team_indicator WHERE xmin::text::bigint >= $1::bigint) AS written`,
    [since],
  );
  return Number(rows[0]?.written ?? Number.NaN);
};

/** The number that the next transaction would have: what is written from now on is told apart by it. */
export const nextTransaction = async (owner: Client): Promise<string> => {
  const { rows } = await owner.query<{ next: string }>(
    "SELECT (pg_current_xact_id()::text::bigint & 4294967295) + 1 AS next",
  );
  return rows[0]?.next ?? "";
};
