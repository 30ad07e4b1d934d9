import "server-only";

import type { PoolClient } from "pg";

import { PLACES_KEPT_HOURS } from "@/lib/domain/delivery/plan-places";

type Plan = { id: string; connectorId: string; createdAt: Date };

/** Whether a plan waited for so long that places for what it brings were given to others (`drop-unapplied-wishes.ts`). */
export const hasLostPlaces = async (
  client: PoolClient,
  { id, connectorId, createdAt }: Plan,
): Promise<boolean> => {
  const { rowCount } = await client.query(
    `SELECT FROM plan_item i
     WHERE i.plan_id = $1 AND i.operation IN ('add', 'change') AND i.desired_hash IS NOT NULL
       AND $3 < now() - make_interval(hours => $4)
       AND NOT EXISTS (SELECT FROM budget_entry b WHERE b.connector_id = $2 AND b.indicator_id = i.indicator_id)
       -- Otherwise these are the newer plan's.
       AND NOT EXISTS (SELECT FROM plan newer WHERE newer.connector_id = $2 AND NOT newer.partial AND newer.created_at > $3)
     LIMIT 1`,
    [id, connectorId, createdAt, PLACES_KEPT_HOURS],
  );
  return rowCount === 1;
};
