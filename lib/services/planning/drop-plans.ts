import "server-only";

import type { PoolClient } from "pg";

/**
 * Has a whole plan that the product made take the place of those before it that nobody applied. One that waited for a person stays,
 * without its items: whoever has its page open is told which is the newer.
 */
export const supersedePlans = async (
  client: PoolClient,
  { connectorId, teamId, newestId }: { connectorId: string; teamId: string; newestId: string },
): Promise<void> => {
  const values = [connectorId, teamId, newestId];
  const older =
    "connector_id = $1 AND team_id = $2 AND id <> $3 AND created_by IS NULL AND NOT partial AND superseded_at IS NULL";
  await client.query(
    `WITH waiting AS MATERIALIZED (
       SELECT id FROM plan WHERE state <> 'applied' AND waits_because IS NOT NULL AND ${older} FOR UPDATE SKIP LOCKED
     ), items AS (DELETE FROM plan_item i USING waiting WHERE i.plan_id = waiting.id)
     UPDATE plan SET state = 'stale', superseded_at = now() FROM waiting WHERE plan.id = waiting.id`,
    values,
  );
  await dropPlans(client, `waits_because IS NULL AND ${older}`, values);
};

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
