import { pipeline } from "node:stream/promises";

import type { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";

import { timed } from "./lib";

/** What one ingest writes, as the floor copies it: of each table, under the name `x`, the rows of a feed. */
const TABLES = {
  indicator: (feedId: string) =>
    `indicator x JOIN attribution a ON a.indicator_id = x.id WHERE a.feed_id = '${feedId}' ORDER BY x.id`,
  attribution: (feedId: string) => `attribution x WHERE x.feed_id = '${feedId}' ORDER BY x.id`,
  team_indicator: (feedId: string) =>
    `team_indicator x JOIN attribution a USING (indicator_id) WHERE a.feed_id = '${feedId}' ORDER BY x.indicator_id`,
  body_chunk: (feedId: string) =>
    `body_chunk x JOIN body b ON b.id = x.body_id WHERE b.feed_id = '${feedId}'`,
};

/** The columns that are written; others PostgreSQL works out, and COPY may not name them. */
const columnsOf = async (owner: Client, table: string): Promise<string[]> => {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT quote_ident(attname) AS name FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [table],
  );
  return rows.map(({ name }) => name);
};

/**
 * Milliseconds that COPY takes for the rows that a feed's first run wrote, as superuser, into `LIKE … INCLUDING ALL` copies
 * of the tables, in one transaction. The rows wait in memory, so that only the writing is measured.
 */
export const measureFloor = async (owner: Client, feedId: string): Promise<number> => {
  const copies: { into: string; table: string; data: Buffer[] }[] = [];
  for (const [table, rowsOf] of Object.entries(TABLES)) {
    const data: Buffer[] = [];
    const columns = await columnsOf(owner, table);
    const select = `SELECT ${columns.map((column) => `x.${column}`).join(", ")} FROM ${rowsOf(feedId)}`;
    await pipeline(owner.query(copyTo(`COPY (${select}) TO STDOUT`)), async (source) => {
      for await (const chunk of source) data.push(chunk as Buffer);
    });
    await owner.query(`CREATE TABLE floor_${table} (LIKE ${table} INCLUDING ALL)`);
    copies.push({ into: `floor_${table} (${columns.join(", ")})`, table, data });
  }
  await owner.query("CHECKPOINT");
  const { ms } = await timed(async () => {
    await owner.query("BEGIN");
    for (const { into, data } of copies)
      await pipeline(data, owner.query(copyFrom(`COPY ${into} FROM STDIN`)));
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
