import "server-only";

import type { PoolClient } from "pg";

import { useMuchMemory } from "@/lib/db/queries/planning";
import { bulkAsTeam } from "@/lib/db/scope";
import { toOverlap, type SharedGroup } from "@/lib/domain/feed/overlap";

/** Counts anew what the team's feeds have in common, in one pass over all that they vouch for now, and keeps it for the page. */
export const computeOverlap = (teamId: string): Promise<void> =>
  bulkAsTeam(teamId, async (client) => {
    await useMuchMemory(client);
    const { rows } = await client.query<{ mergedAt: Date | null }>(
      // As of before the reading: what changes meanwhile is counted next time.
      `SELECT merged_at AS "mergedAt" FROM team WHERE id = $1`,
      [teamId],
    );
    const [team] = rows;
    if (!team) return;
    const result = toOverlap(await readGroups(client, teamId));
    await client.query(
      `INSERT INTO team_overlap (team_id, merged_at, computed_at, result) VALUES ($1, $2, now(), $3)
       ON CONFLICT (team_id) DO UPDATE SET merged_at = excluded.merged_at, computed_at = excluded.computed_at,
         result = excluded.result`,
      [teamId, team.mergedAt, JSON.stringify(result)],
    );
  });

// A value that two feeds had at the same moment was nobody's first. Sorted once, by value and time; what one feed alone has,
// which is most, is not looked at further.
const readGroups = async (client: PoolClient, teamId: string): Promise<readonly SharedGroup[]> => {
  const { rows } = await client.query<SharedGroup>(
    `SELECT feeds, first, count(*)::int AS count FROM (
       SELECT CASE WHEN cardinality(feeds) = 1 THEN feeds
           ELSE ARRAY(SELECT id FROM unnest(feeds) id ORDER BY id) END AS feeds,
         CASE WHEN cardinality(feeds) = 1 OR times[1] < times[2] THEN feeds[1] END AS first
       FROM (
         SELECT array_agg(a.feed_id ORDER BY a.first_seen, a.feed_id) AS feeds,
           array_agg(a.first_seen ORDER BY a.first_seen, a.feed_id) AS times
         FROM attribution a
         WHERE a.feed_id = ANY (ARRAY(SELECT id FROM feed WHERE team_id = $1 AND deleted_at IS NULL))
           AND a.team_id = $1 AND a.until_generation IS NULL
         GROUP BY a.indicator_id
       ) of_value
     ) named GROUP BY feeds, first`,
    [teamId],
  );
  return rows;
};
