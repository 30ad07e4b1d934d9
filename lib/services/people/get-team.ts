import "server-only";

import { requireInTeam, unknown } from "@/lib/auth/require";
import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";

import { TEAM_ROW, type TeamRow } from "./list-teams";

/** One team with the number of its members. Throws `not_found`. */
export const getTeam = async (actor: Actor, teamId: string): Promise<TeamRow> => {
  requireInTeam(actor, "team.read", teamId);
  return asTeam(teamId, async (tx) => {
    const found = await tx.team.findUnique({
      where: { id: teamId },
      select: { ...TEAM_ROW, _count: { select: { memberships: true } } },
    });
    if (!found) throw unknown("team");
    const { _count, ...team } = found;
    return { ...team, members: _count.memberships };
  });
};
