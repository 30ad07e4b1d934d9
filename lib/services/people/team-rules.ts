import "server-only";

import { z } from "zod";

import { requireInTeam, unknown } from "@/lib/auth/require";
import type { Tx } from "@/lib/db/client";
import { asActor, asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { ROLES, roleGrants } from "@/lib/domain/access/permissions";
import { SECOND_PERSON } from "@/lib/domain/indicator/second-person";
import { INDICATOR_TYPES, indicatorTypeCode, indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { teamFade } from "@/lib/jobs/team-fade.job";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

const fadingSchema = z.strictObject({
  type: z.enum(INDICATOR_TYPES),
  halfLifeDays: z.int().min(1, "At least one day.").max(3_650, "At most 3,650 days."),
  floor: z.int().min(0).max(99, "At most 99."),
});

/** How a team's own list is changed, and how confidence fades in it. */
export const teamRulesSchema = z.object({
  secondPerson: z.enum(SECOND_PERSON),
  /** Withdrawals wait for a second person, too. Recalls never do. */
  secondPersonWithdrawals: z.boolean(),
  /** A type that is not named does not fade. */
  fading: z
    .array(fadingSchema)
    .refine((rules) => new Set(rules.map(({ type }) => type)).size === rules.length, "Name each type once."),
});
export type TeamRules = z.output<typeof teamRulesSchema>;

export const teamRulesChangeSchema = z.strictObject(teamRulesSchema.partial().shape);
type Change = z.output<typeof teamRulesChangeSchema>;

/** The rules of a team that the actor has a part in. */
export const getTeamRules = (actor: Actor, teamId: string): Promise<TeamRules> => {
  requireInTeam(actor, "team.read", teamId);
  return asActor(actor, (tx) => readRules(tx, teamId));
};

/** How many members of a team may approve what another proposes. */
export const countApprovers = (teamId: string): Promise<number> =>
  asTeam(teamId, (tx) => tx.membership.count({ where: { teamId, role: { in: APPROVERS } } }));

const APPROVERS = ROLES.filter((role) => roleGrants(role, "indicator.approve"));

/** Changes what is given and leaves the rest; what fades now is reckoned anew by a job. */
export const updateTeamRules = async (actor: Actor, teamId: string, change: Change): Promise<TeamRules> => {
  requireInTeam(actor, "team.write", teamId);
  const after = await asTeam(teamId, async (tx) => {
    // Two at once: the second sees what the first made of the rules.
    await tx.$queryRaw`SELECT id FROM team WHERE id = ${teamId}::uuid FOR UPDATE`;
    const before = await readRules(tx, teamId);
    const { secondPerson, secondPersonWithdrawals, fading } = change;
    await tx.team.update({
      where: { id: teamId },
      data: {
        ...(secondPerson !== undefined && { secondPerson }),
        ...(secondPersonWithdrawals !== undefined && { secondPersonWithdrawals }),
      },
      select: { id: true },
    });
    if (fading !== undefined) {
      await tx.decayRule.deleteMany({ where: { teamId } });
      await tx.decayRule.createMany({
        data: fading.map(({ type, ...rule }) => ({ teamId, type: indicatorTypeCode(type), ...rule })),
      });
      await announce(tx, teamFade, { teamId });
    }
    const changed = await readRules(tx, teamId);
    const subject = { type: "team", id: teamId };
    const detail = { before, after: changed };
    await recordAudit(tx, { teamId, doer: asDoer(actor), action: "team.rules", subject, detail });
    return changed;
  });
  await relayOutbox();
  return after;
};

const readRules = async (tx: Tx, teamId: string): Promise<TeamRules> => {
  const team = await tx.team.findUnique({
    where: { id: teamId },
    select: { secondPerson: true, secondPersonWithdrawals: true },
  });
  if (!team) throw unknown("team");
  const rules = await tx.decayRule.findMany({ where: { teamId }, orderBy: { type: "asc" } });
  const fading = rules.map(({ type, halfLifeDays, floor }) => ({
    ...{ type: indicatorTypeFromCode(type), halfLifeDays, floor },
  }));
  return teamRulesSchema.parse({ ...team, fading });
};
