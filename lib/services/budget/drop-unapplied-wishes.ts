import "server-only";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";
import { PLACES_KEPT_HOURS } from "@/lib/domain/delivery/plan-places";

import { announceRoom } from "./announce-room";
import { tryLockBudget } from "./budget-pool";

/**
 * Forgets what connectors want at a destination by plans that nobody applied for a day, but for what stands there or is on its way:
 * others get these places, and such a plan has to be made anew. Call every few minutes; gives of how many connectors.
 */
export const dropUnappliedWishes = async (): Promise<number> =>
  bulkAsSystem("scheduling", async (client) => {
    const destinationIds = new Set<string>();
    let dropped = 0;
    for (const { id, destinationId } of await findUnapplied(client)) {
      if (!(await dropWishes(client, { id, destinationId }))) continue;
      dropped += 1;
      destinationIds.add(destinationId);
    }
    for (const destinationId of destinationIds) await announceRoom(client, destinationId);
    return dropped;
  });

type Unapplied = { id: string; destinationId: string };

const findUnapplied = async (client: PoolClient): Promise<Unapplied[]> => {
  const { rows } = await client.query<Unapplied>(
    `SELECT c.id, c.destination_id AS "destinationId" FROM connector c CROSS JOIN LATERAL (
       SELECT state, created_at, add + change + remove AS changes FROM plan
       WHERE plan.connector_id = c.id AND NOT partial ORDER BY created_at DESC LIMIT 1
     ) newest
     WHERE c.deleted_at IS NULL AND newest.state <> 'applied' AND newest.changes > 0
       AND newest.created_at < now() - make_interval(hours => $1)
     ORDER BY c.destination_id, c.id`,
    [PLACES_KEPT_HOURS],
  );
  return rows;
};

/** While somebody is choosing there, it is left to the next turn. */
const dropWishes = async (client: PoolClient, { id, destinationId }: Unapplied): Promise<boolean> => {
  if (!(await tryLockBudget(client, destinationId))) return false;
  const { rowCount } = await client.query(
    `DELETE FROM budget_entry b
     WHERE b.connector_id = $1
       AND NOT EXISTS (SELECT FROM claim c WHERE c.connector_id = $1 AND c.indicator_id = b.indicator_id)
       AND NOT EXISTS (
         SELECT FROM push p JOIN push_item i ON i.push_id = p.id
         WHERE p.connector_id = $1 AND p.state <> 'done' AND i.indicator_id = b.indicator_id AND i.state IN ('pending', 'sending'))`,
    [id],
  );
  return (rowCount ?? 0) > 0;
};
