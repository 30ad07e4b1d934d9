import "server-only";

import { asTeam } from "@/lib/db/scope";

/** Ids that one statement takes. */
const BLOCK = 20_000;

/**
 * How many of these indicators, by their public ids, the team has live already, whichever of its feeds vouches for them;
 * of a saved feed: whichever other one does.
 */
export const countKnown = (teamId: string, ids: readonly string[], feedId: string | null): Promise<number> =>
  asTeam(teamId, async (tx) => {
    let known = 0;
    for (let start = 0; start < ids.length; start += BLOCK) {
      const [row] = await tx.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM indicator i
        JOIN team_indicator t ON t.indicator_id = i.id AND t.team_id = ${teamId}::uuid AND t.active
        WHERE i.key = ANY (${ids.slice(start, start + BLOCK)}::uuid[])
          AND (${feedId}::uuid IS NULL OR EXISTS (
            SELECT FROM attribution a
            WHERE a.team_id = t.team_id AND a.indicator_id = t.indicator_id
              AND a.feed_id <> ${feedId}::uuid AND a.until_generation IS NULL))`;
      known += row?.count ?? 0;
    }
    return known;
  });
