import "server-only";

import { requireInTeam, unknown } from "@/lib/auth/require";
import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { namingConflict, refuseTakenName } from "./create-team";
import { TEAM_ROW, type TeamRow } from "./list-teams";

type Change = { name?: string | undefined; slug?: string | undefined };

/** Changes a team's name or slug; a new slug ends the old addresses. `conflict` when another team has it. */
export const updateTeam = async (actor: Actor, teamId: string, { name, slug }: Change): Promise<TeamRow> => {
  requireInTeam(actor, "team.write", teamId);
  return namingConflict(() =>
    // Names and slugs are one of a kind across teams, so more than one team is to be seen.
    asSystem("administration", async (tx) => {
      const before = await tx.team.findUnique({ where: { id: teamId }, select: { name: true, slug: true } });
      if (!before) throw unknown("team");
      if (name !== undefined) await refuseTakenName(tx, name, teamId);
      const { _count, ...team } = await tx.team.update({
        where: { id: teamId },
        data: { ...(name !== undefined && { name }), ...(slug !== undefined && { slug }) },
        select: { ...TEAM_ROW, _count: { select: { memberships: true } } },
      });
      await recordAudit(tx, {
        teamId,
        doer: asDoer(actor),
        action: "team.update",
        subject: { type: "team", id: teamId },
        detail: { before, after: { name: team.name, slug: team.slug } },
      });
      return { ...team, members: _count.memberships };
    }),
  );
};
