import "server-only";

import type { PoolClient } from "pg";

import { asSystem, bulkAsSystem } from "@/lib/db/scope";

/** A plan that nobody applied by then says nothing of today. */
const KEEP_DAYS = 30;
/** The most plans, and about the most items, that one turn deletes. */
const MAX_PLANS = 50;
const MAX_ITEMS = 100_000;

/**
 * Deletes plans, items included, that were never applied and waited for a person longer than 30 days, oldest first. What an
 * automatic connector plans by itself goes with its next plan. Gives how many plans went.
 */
export const purgePlans = async ({ maxItems = MAX_ITEMS } = {}): Promise<number> =>
  asSystem(
    "scheduling",
    (tx) => tx.$executeRaw`
      WITH waiting AS (
        SELECT p.id, p.created_at, p.add + p.change + p.remove + p.blocked AS items
        FROM plan p JOIN connector c ON c.id = p.connector_id
        WHERE p.state <> 'applied' AND p.created_at < now() - make_interval(days => ${KEEP_DAYS})
          AND (c.mode = 'review' OR p.created_by IS NOT NULL OR p.partial OR p.superseded_at IS NOT NULL)
        ORDER BY p.created_at, p.id LIMIT ${MAX_PLANS}
        FOR UPDATE OF p SKIP LOCKED
      ), chosen AS (
        SELECT id FROM (
          SELECT id, sum(items) OVER (ORDER BY created_at, id) - items AS earlier FROM waiting
        ) counted WHERE earlier < ${maxItems}
      ), items AS (
        DELETE FROM plan_item i USING chosen WHERE i.plan_id = chosen.id
      )
      DELETE FROM plan p USING chosen WHERE p.id = chosen.id`,
  );

/** Small enough for a transaction that nobody notices. */
const BITE = 10_000;
const MAX_BITES = 20;

/**
 * Deletes what applied plans left out, once a newer plan of their connector says what stays out now: that is most of a plan, and
 * nothing of it was sent. Gives how many items went.
 */
export const purgeBlocked = async ({ bite = BITE } = {}): Promise<number> => {
  let gone = 0;
  for (let bites = 0; bites < MAX_BITES; bites += 1) {
    const dropped = await bulkAsSystem("scheduling", (client) => dropBlocked(client, bite));
    if (dropped === null) break;
    gone += dropped;
  }
  return gone;
};

/** Null when no plan has any to drop. */
const dropBlocked = async (client: PoolClient, bite: number): Promise<number | null> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT p.id FROM plan p
     WHERE p.state = 'applied' AND p.blocked > 0 AND p.blocked_dropped_at IS NULL
       -- The newest plan is made from what the one before it knew.
       AND p.memory IS NULL
       AND EXISTS (SELECT FROM plan n WHERE n.connector_id = p.connector_id AND NOT n.partial AND n.created_at > p.created_at)
     ORDER BY p.created_at, p.id LIMIT 1 FOR UPDATE OF p SKIP LOCKED`,
  );
  const [plan] = rows;
  if (!plan) return null;
  const { rowCount } = await client.query(
    `DELETE FROM plan_item WHERE plan_id = $1 AND indicator_id IN (
       SELECT indicator_id FROM plan_item WHERE plan_id = $1 AND operation = 'blocked' LIMIT $2)`,
    [plan.id, bite],
  );
  const dropped = rowCount ?? 0;
  if (dropped < bite)
    await client.query("UPDATE plan SET blocked_dropped_at = clock_timestamp() WHERE id = $1", [plan.id]);
  return dropped;
};
