import "server-only";

import { requireInTeam, unknown } from "@/lib/auth/require";
import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { announcePlans } from "@/lib/services/planning/announce-plans";

import { namingConflict, refuseTakenName } from "./create-team";
import { TEAM_ROW, type TeamRow } from "./list-teams";

type Change = { name?: string | undefined; slug?: string | undefined };

/**
 * Changes a team's name or slug; a new slug ends the old addresses, and a new name changes every record that bears the old one. `conflict`
 * when another team has it.
 */
export const updateTeam = async (actor: Actor, teamId: string, { name, slug }: Change): Promise<TeamRow> => {
  requireInTeam(actor, "team.write", teamId);
  const updated = await namingConflict(() =>
    // Names and slugs are one of a kind across teams, so more than one team is to be seen.
    asSystem("administration", async (tx) => {
      await tx.$queryRaw`SELECT id FROM team WHERE id = ${teamId}::uuid FOR UPDATE`;
      const found = await tx.team.findUnique({ where: { id: teamId }, select: NAMES });
      if (!found) throw unknown("team");
      const { formerNames, ...before } = found;
      if (name !== undefined) await refuseTakenName(tx, name, teamId);
      const { _count, ...team } = await tx.team.update({
        where: { id: teamId },
        data: {
          ...(name !== undefined && { name, formerNames: withFormer(formerNames, before.name, name) }),
          ...(slug !== undefined && { slug }),
        },
        select: { ...TEAM_ROW, _count: { select: { memberships: true } } },
      });
      await recordAudit(tx, {
        teamId,
        doer: asDoer(actor),
        action: "team.update",
        subject: { type: "team", id: teamId },
        detail: { before, after: { name: team.name, slug: team.slug } },
      });
      // What its connectors say of it is part of every record.
      if (team.name !== before.name || team.slug !== before.slug) await announcePlans(tx, teamId);
      return { ...team, members: _count.memberships };
    }),
  );
  await relayOutbox();
  return updated;
};

const NAMES = { name: true, slug: true, formerNames: true } as const;

const withFormer = (former: readonly string[], before: string, name: string): string[] =>
  [...new Set([...former, before])].filter((one) => one !== name);
