import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";

/**
 * The actor's team whose trace of a value says most: where it is alive, else where it was sent, else where it ever was. Null where none of
 * them has it, whoever else does.
 */
export const findTeamWith = (actor: Actor, indicatorId: string): Promise<TeamAccess | null> =>
  asActor(actor, async (tx) => {
    const teamIds = actor.teams.map(({ id }) => id);
    const [found] = await tx.$queryRaw<{ teamId: string }[]>`
      SELECT has.team_id AS "teamId" FROM indicator i
      CROSS JOIN LATERAL (
        SELECT t.team_id, CASE WHEN t.active THEN 1 ELSE 3 END AS place FROM team_indicator t
        WHERE t.indicator_id = i.id AND t.team_id = ANY (${teamIds}::uuid[])
        UNION ALL
        SELECT r.team_id, 2 FROM receipt r WHERE r.indicator_id = i.id AND r.team_id = ANY (${teamIds}::uuid[])
        UNION ALL
        SELECT p.team_id, 4 FROM plan_item p WHERE p.indicator_id = i.id AND p.team_id = ANY (${teamIds}::uuid[])
      ) has
      WHERE i.key = ${indicatorId}::uuid
      ORDER BY has.place, array_position(${teamIds}::uuid[], has.team_id) LIMIT 1`;
    return actor.teams.find(({ id }) => id === found?.teamId) ?? null;
  });
