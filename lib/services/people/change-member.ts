import "server-only";

import { requireInTeam, unknown } from "@/lib/auth/require";
import type { Tx } from "@/lib/db/client";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { Role } from "@/lib/domain/access/permissions";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { requireRankOver } from "./privilege";

type Member = { teamId: string; userId: string };

/** Gives a member another role. Refused above the actor's own rank, and for the team's last owner. */
export const changeRole = async (actor: Actor, { teamId, userId }: Member, role: Role): Promise<void> => {
  requireInTeam(actor, "team.write", teamId);
  return asTeam(teamId, async (tx) => {
    const member = await getMember(tx, { teamId, userId });
    requireRankOver(actor, teamId, { target: member, grants: role });
    if (member.role === role) return;
    if (member.role === "owner") await refuseLastOwner(tx, actor, teamId);
    await tx.membership.update({
      where: { teamId_userId: { teamId, userId } },
      data: { role },
      select: { userId: true },
    });
    await recordAudit(tx, {
      teamId,
      doer: asDoer(actor),
      action: "member.change-role",
      subject: { type: "user", id: userId },
      detail: { email: member.email, before: member.role, after: role },
    });
  });
};

/** Takes a member out of the team; what they made stays. Refused above the actor's rank, and for the team's last owner. */
export const removeMember = async (actor: Actor, { teamId, userId }: Member): Promise<void> => {
  requireInTeam(actor, "team.write", teamId);
  return asTeam(teamId, async (tx) => {
    const member = await getMember(tx, { teamId, userId });
    requireRankOver(actor, teamId, { target: member });
    if (member.role === "owner") await refuseLastOwner(tx, actor, teamId);
    await tx.membership.delete({
      where: { teamId_userId: { teamId, userId } },
      select: { userId: true },
    });
    await recordAudit(tx, {
      teamId,
      doer: asDoer(actor),
      action: "member.remove",
      subject: { type: "user", id: userId },
      detail: { email: member.email, role: member.role },
    });
  });
};

/** The member as they stand, once the team is locked: two owners who demote each other at once must not both succeed. */
const getMember = async (tx: Tx, { teamId, userId }: Member) => {
  await tx.$queryRaw`SELECT id FROM team WHERE id = ${teamId}::uuid FOR UPDATE`;
  const found = await tx.membership.findUnique({
    where: { teamId_userId: { teamId, userId } },
    select: { role: true, user: { select: { email: true, isAdministrator: true } } },
  });
  if (!found) throw unknown("member");
  return { role: found.role, ...found.user };
};

/** A team without an owner could only be helped by an administrator, so only they may leave it so. */
const refuseLastOwner = async (tx: Tx, actor: Actor, teamId: string): Promise<void> => {
  if (actor.isAdministrator) return;
  const owners = await tx.membership.count({
    where: { teamId, role: "owner", user: { disabledAt: null } },
  });
  if (owners <= 1) {
    throw new AppError(
      "conflict",
      "This is the team's last owner. Make somebody else an owner first, or ask an administrator.",
    );
  }
};
