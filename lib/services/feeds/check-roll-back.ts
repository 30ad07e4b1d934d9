import "server-only";

import { bulkAsTeam } from "@/lib/db/scope";

import { lockLive } from "./roll-back-run";

/** How many values leave a connector's destination when a run is left. */
export type RollBackReach = {
  connectorId: string;
  connector: string;
  mode: "review" | "automatic";
  enabled: boolean;
  remove: number;
};

/**
 * Says of each connector of the team how much of what stands at its destination nobody vouches for any more once the live run is
 * left. Nothing is changed. Throws `conflict` for a run that is not live.
 */
export const checkRollBack = ({ id, teamId }: { id: string; teamId: string }): Promise<RollBackReach[]> =>
  bulkAsTeam(teamId, async (client) => {
    const { feedId, number } = await lockLive(client, id, teamId, { isAsking: true });
    const { rows } = await client.query<RollBackReach>(
      `WITH gone AS MATERIALIZED (
         SELECT a.indicator_id FROM attribution a
         WHERE a.feed_id = $1 AND a.team_id = $2 AND a.from_generation = $3 AND a.until_generation IS NULL
           AND NOT EXISTS (
             SELECT FROM attribution before WHERE before.feed_id = $1 AND before.indicator_id = a.indicator_id
               AND before.until_generation = $3 AND before.from_generation < $3)
           AND NOT EXISTS (
             SELECT FROM attribution other WHERE other.team_id = $2 AND other.indicator_id = a.indicator_id
               AND other.feed_id <> $1 AND other.until_generation IS NULL)
       ), standing AS (
         SELECT c.connector_id, count(*)::int AS remove FROM claim c
         WHERE c.team_id = $2 AND c.indicator_id IN (
           SELECT indicator_id FROM gone
           UNION SELECT part.indicator_id FROM network_address part JOIN gone ON gone.indicator_id = part.network_id)
         GROUP BY c.connector_id
       )
       SELECT c.id AS "connectorId", c.name AS connector, c.mode::text, c.enabled, coalesce(s.remove, 0) AS remove
       FROM connector c LEFT JOIN standing s ON s.connector_id = c.id
       WHERE c.team_id = $2 AND c.deleted_at IS NULL ORDER BY c.name, c.id`,
      [feedId, teamId, number],
    );
    return rows;
  });
