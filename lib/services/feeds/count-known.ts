import "server-only";

import { asTeam } from "@/lib/db/scope";

/** Ids that one statement takes. */
const BLOCK = 20_000;

/** How many of these indicators, by their public ids, the team has live already, whichever of its feeds vouches for them. */
export const countKnown = (teamId: string, ids: readonly string[]): Promise<number> =>
  asTeam(teamId, async (tx) => {
    let known = 0;
    for (let start = 0; start < ids.length; start += BLOCK) {
      const [row] = await tx.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM indicator i
        JOIN team_indicator t ON t.indicator_id = i.id AND t.team_id = ${teamId}::uuid AND t.active
        WHERE i.key = ANY (${ids.slice(start, start + BLOCK)}::uuid[])`;
      known += row?.count ?? 0;
    }
    return known;
  });
