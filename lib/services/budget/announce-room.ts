import "server-only";

import type { PoolClient } from "pg";

import { announcePlansSql } from "@/lib/services/planning/announce-plans";

/**
 * Announces plans for the teams whose automatic connectors compete for a destination's places, since its room is another than
 * before. Nobody needs one where nothing was cut and everything still fits. `isForAll`: places are given by other rules, so every
 * team has to plan, by hand where a person reviews.
 */
export const announceRoom = async (
  client: PoolClient,
  destinationId: string,
  { isForAll = false } = {},
): Promise<void> => {
  const { rows } = await client.query<{ teamId: string }>(
    `SELECT DISTINCT c.team_id AS "teamId" FROM connector c JOIN destination d ON d.id = c.destination_id
     WHERE c.destination_id = $1 AND c.enabled AND c.deleted_at IS NULL
       AND ($2 OR c.mode = 'automatic' AND (
         SELECT count(*) FILTER (WHERE NOT b.chosen) > 0 OR count(*) > (d.capacity->>'limit')::int
           - coalesce((d.capacity->>'foreign')::int, 0) - coalesce((d.budget->>'headroom')::int, 0)
         FROM budget_entry b JOIN connector other ON other.id = b.connector_id
         WHERE other.destination_id = d.id AND other.enabled AND other.deleted_at IS NULL))
     ORDER BY 1`,
    [destinationId, isForAll],
  );
  for (const { teamId } of rows) await announcePlansSql(client, teamId);
};
