import type { PoolClient } from "pg";

/**
 * Why what one attribution says is held back, as an SQL expression: the reason of a standing hold on its team, its feed or the run
 * that added the value; null where there is none. `attribution` is its alias.
 */
export const heldBecause = (attribution: string): string =>
  `(SELECT h.reason FROM withheld h
    WHERE h.team_id = ${attribution}.team_id AND h.lifted_at IS NULL AND ${isHeldBy(attribution, "h")}
    ORDER BY h.created_at LIMIT 1)`;

/** Whether a hold, by its alias, is on what an attribution says. */
export const isHeldBy = (attribution: string, hold: string): string =>
  `(${hold}.scope = 'team' OR (${hold}.feed_id = ${attribution}.feed_id AND (${hold}.scope = 'feed' OR EXISTS (
     SELECT FROM withheld_item x WHERE x.withheld_id = ${hold}.id AND x.indicator_id = ${attribution}.indicator_id))))`;

/** Whether the team holds anything back: what asks for each value is spared where it does not. */
export const hasHolds = async (client: PoolClient, teamId: string): Promise<boolean> => {
  const { rowCount } = await client.query(
    "SELECT FROM withheld WHERE team_id = $1 AND lifted_at IS NULL LIMIT 1",
    [teamId],
  );
  return rowCount === 1;
};
