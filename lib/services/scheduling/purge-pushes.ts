import "server-only";

import type { PoolClient } from "pg";

import { asSystem, bulkAsSystem } from "@/lib/db/scope";
import { readRetention } from "@/lib/services/operations/retention";

/** Small enough for a transaction that nobody notices; a push may have half a million items. */
const BITE = 10_000;
/** One turn does not go on for ever; what is left waits for the next. */
const MAX_BITES = 20;

/**
 * Deletes pushes that ended longer ago than is kept, each with its items and the plan that it carried out, oldest first. A connector's
 * newest push and plan stay, and so does what was sent and never answered. Gives how many went.
 */
export const purgePushes = async (now: Date, { bite = BITE } = {}): Promise<number> => {
  const { pushDays } = await asSystem("scheduling", readRetention);
  const before = new Date(now.getTime() - pushDays * 86_400_000);
  let gone = 0;
  for (let bites = 0; bites < MAX_BITES; bites += 1) {
    const dropped = await bulkAsSystem("scheduling", (client) => dropBite(client, { before, bite }));
    if (dropped === null) break;
    if (dropped.isWhole) gone += 1;
  }
  return gone;
};

type Old = { id: string; planId: string };

/** Null when there is nothing to drop; `isWhole` when nothing of a push is left. */
const dropBite = async (
  client: PoolClient,
  { before, bite }: { before: Date; bite: number },
): Promise<{ isWhole: boolean } | null> => {
  const old = await lockOldest(client, before);
  if (!old) return null;
  if (await dropItems(client, { table: "push_item", column: "push_id", id: old.id, bite }))
    return { isWhole: false };
  if (await dropItems(client, { table: "plan_item", column: "plan_id", id: old.planId, bite }))
    return { isWhole: false };
  await client.query("DELETE FROM push WHERE id = $1", [old.id]);
  await client.query("DELETE FROM plan WHERE id = $1", [old.planId]);
  return { isWhole: true };
};

const lockOldest = async (client: PoolClient, before: Date): Promise<Old | undefined> => {
  const { rows } = await client.query<Old>(
    `SELECT u.id, u.plan_id AS "planId" FROM push u
     JOIN plan p ON p.id = u.plan_id JOIN connector c ON c.id = u.connector_id
     WHERE u.state IN ('done', 'stopped') AND u.finished_at < $1
       AND NOT EXISTS (SELECT FROM push_item i WHERE i.push_id = u.id AND i.state = 'sending')
       AND (c.deleted_at IS NOT NULL OR (p.memory IS NULL
         AND EXISTS (SELECT FROM push n WHERE n.connector_id = c.id AND n.queued_at > u.queued_at)
         AND EXISTS (SELECT FROM plan n WHERE n.connector_id = c.id AND NOT n.partial AND n.created_at > p.created_at)))
     ORDER BY u.finished_at, u.id LIMIT 1 FOR UPDATE OF u SKIP LOCKED`,
    [before],
  );
  return rows[0];
};

type Items = {
  table: "push_item" | "plan_item";
  column: "push_id" | "plan_id";
  id: string;
  bite: number;
};

/** Whether there may be more. */
const dropItems = async (client: PoolClient, { table, column, id, bite }: Items): Promise<boolean> => {
  const { rowCount } = await client.query(
    `DELETE FROM ${table} WHERE ${column} = $1 AND indicator_id IN (
       SELECT indicator_id FROM ${table} WHERE ${column} = $1 ORDER BY indicator_id LIMIT $2)`,
    [id, bite],
  );
  return (rowCount ?? 0) >= bite;
};
