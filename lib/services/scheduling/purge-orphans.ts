import "server-only";

import type { PoolClient } from "pg";
import { z } from "zod";

import { bulkAsSystem } from "@/lib/db/scope";

/** Everything that may hold on to an indicator. */
export const REFERENCES = [
  "attribution",
  "team_indicator",
  "tombstone",
  "claim",
  "remote_record",
  "receipt",
  "recall_item",
  "withheld_item",
  "bulk_change_item",
  "urgent_item",
  "record_override",
  "plan_item",
  "push_item",
  "budget_entry",
  "prevalence",
  "gate_override",
  "network_address",
] as const;

/** Indicators looked at in one turn; the next turn goes on behind them, and after the last from the start again. */
const WINDOW = 10_000;
const MOST_TURNS = 100;
const PLACE = "purge.orphans";

/**
 * Deletes values that nobody vouches for, sees, withdrew, planned or sent any more. One turn looks at a bounded stretch of the
 * table; of several workers one does. Gives how many went.
 */
export const purgeOrphans = async ({ window = WINDOW } = {}): Promise<number> =>
  bulkAsSystem("scheduling", async (client) => {
    const place = await takePlace(client);
    if (place === null) return 0;
    const { lastId, ids } = await findOrphans(client, place, window);
    // While an ingest may be about to vouch for one of them nothing is changed; the next turn looks at the same stretch.
    if (ids.length > 0 && !(await isQuiet(client))) return 0;
    await client.query("UPDATE setting SET value = to_jsonb($2::text) WHERE key = $1", [
      PLACE,
      lastId ?? "0",
    ]);
    return ids.length === 0 ? 0 : deleteOrphans(client, ids);
  });

/**
 * Turns of `purgeOrphans`, as long as each finds something: a list that was held leaves its new values behind in one stretch, and
 * the next one should not come before they are gone. Gives how many went.
 */
export const sweepOrphans = async ({ window = WINDOW } = {}): Promise<number> => {
  await forgetAddresses();
  let all = 0;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const gone = await purgeOrphans({ window });
    if (gone === 0) break;
    all += gone;
  }
  return all;
};

/**
 * Forgets which addresses a network has that no connector sends as its addresses any more. As long as one has a receipt, the trace
 * of its network tells of it.
 */
const forgetAddresses = (): Promise<unknown> =>
  bulkAsSystem("scheduling", (client) =>
    client.query(
      `DELETE FROM network_address part WHERE NOT EXISTS (
         SELECT FROM team_indicator t WHERE t.indicator_id = part.network_id AND t.active AND t.team_id = ANY (ARRAY(
           SELECT team_id FROM connector WHERE deleted_at IS NULL AND (selection->>'expandNetworksUpTo')::int > 0)))
       AND NOT EXISTS (SELECT FROM receipt r WHERE r.indicator_id = part.indicator_id)`,
    ),
  );

/** Where the turn begins, or null when another worker has it. */
const takePlace = async (client: PoolClient): Promise<string | null> => {
  await client.query(
    "INSERT INTO setting (key, value) VALUES ($1, to_jsonb('0'::text)) ON CONFLICT DO NOTHING",
    [PLACE],
  );
  const { rows } = await client.query<{ value: unknown }>(
    "SELECT value FROM setting WHERE key = $1 FOR UPDATE SKIP LOCKED",
    [PLACE],
  );
  return rows[0] ? z.string().parse(rows[0].value) : null;
};

const findOrphans = async (
  client: PoolClient,
  place: string,
  window: number,
): Promise<{ lastId: string | null; ids: string[] }> => {
  const { rows } = await client.query<{ id: string }>(
    "SELECT id FROM indicator WHERE id > $1 ORDER BY id LIMIT $2",
    [place, window],
  );
  let ids = rows.map(({ id }) => id);
  for (const table of REFERENCES) ids = await withoutThoseIn(client, table, ids);
  ids = await withoutThoseIn(client, "network_address", ids, "network_id");
  return { lastId: rows.length < window ? null : (rows.at(-1)?.id ?? null), ids };
};

const withoutThoseIn = async (
  client: PoolClient,
  table: (typeof REFERENCES)[number],
  ids: readonly string[],
  column = "indicator_id",
): Promise<string[]> => {
  if (ids.length === 0) return [];
  const { rows } = await client.query<{ id: string }>(
    `SELECT asked.id FROM unnest($1::bigint[]) AS asked (id)
     WHERE NOT EXISTS (SELECT FROM ${table} x WHERE x.${column} = asked.id)`,
    [ids],
  );
  return rows.map(({ id }) => id);
};

/**
 * Takes a lock that no ingest can hold at the same time: each locks `indicator` before it adds what is new to it, on its own
 * connection or beside it, and until it vouches for that. False when one is under way.
 */
const isQuiet = async (client: PoolClient): Promise<boolean> => {
  await client.query("SAVEPOINT quiet");
  try {
    await client.query("LOCK TABLE indicator IN SHARE ROW EXCLUSIVE MODE NOWAIT");
    return true;
  } catch (error) {
    if (!isLockNotAvailable(error)) throw error;
    await client.query("ROLLBACK TO SAVEPOINT quiet");
    return false;
  }
};

const isLockNotAvailable = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "55P03";

/** Under the lock, looks once more at what an ingest, or the taking apart of a network, may have written since. */
const deleteOrphans = async (client: PoolClient, ids: readonly string[]): Promise<number> => {
  const { rowCount } = await client.query(
    `DELETE FROM indicator i WHERE i.id = ANY ($1::bigint[])
       AND NOT EXISTS (SELECT FROM attribution x WHERE x.indicator_id = i.id)
       AND NOT EXISTS (SELECT FROM team_indicator x WHERE x.indicator_id = i.id)
       AND NOT EXISTS (SELECT FROM network_address x WHERE x.indicator_id = i.id)`,
    [ids],
  );
  return rowCount ?? 0;
};
