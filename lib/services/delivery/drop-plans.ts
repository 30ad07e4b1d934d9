import "server-only";

import type { PoolClient } from "pg";

/**
 * Deletes plans that nobody applied, with their items; `condition` is about `plan` and its parameters begin at `$1`. One that is being
 * applied just now is left alone, with its items.
 */
export const dropPlans = async (
  client: PoolClient,
  condition: string,
  values: readonly unknown[],
): Promise<void> => {
  await client.query(
    `WITH dropped AS MATERIALIZED (
       SELECT id FROM plan WHERE state <> 'applied' AND ${condition} FOR UPDATE SKIP LOCKED
     ), items AS (DELETE FROM plan_item i USING dropped WHERE i.plan_id = dropped.id)
     DELETE FROM plan USING dropped WHERE plan.id = dropped.id`,
    [...values],
  );
};
