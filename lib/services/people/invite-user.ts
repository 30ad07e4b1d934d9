import "server-only";

import { requireInTeam, unknown } from "@/lib/auth/require";
import { hashSecret, newSecret } from "@/lib/crypto/one-time-secret";
import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { Role } from "@/lib/domain/access/permissions";
import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { requireRankOver } from "./privilege";

const DAY_MS = 24 * 3_600_000;
const INVITATION_DAYS = 7;

export type InvitationRow = { id: string; email: string; role: Role; createdAt: Date; expiresAt: Date };

/**
 * Invites a person into a team by a one-time link of 7 days that only this answer holds; an earlier open invitation of the
 * same address ends. Refused above the actor's own role; `conflict` for who is in the team already.
 */
export const inviteUser = async (
  actor: Actor,
  teamId: string,
  { email, role }: { email: string; role: Role },
  now: Date = new Date(),
): Promise<InvitationRow & { url: string }> => {
  requireInTeam(actor, "team.write", teamId);
  requireRankOver(actor, teamId, { grants: role });
  const secret = newSecret("inv");
  return asTeam(teamId, async (tx) => {
    const member = await tx.membership.findFirst({
      where: { teamId, user: { email } },
      select: { role: true },
    });
    if (member) throw new AppError("conflict", `${email} is in this team already, as ${member.role}.`);
    await tx.invitation.updateMany({ where: { teamId, email, ...OPEN }, data: { revokedAt: now } });
    const invitation = await tx.invitation.create({
      data: {
        teamId,
        email,
        role,
        tokenHash: new Uint8Array(hashSecret(secret)),
        invitedBy: actor.userId,
        createdAt: now,
        expiresAt: new Date(now.getTime() + INVITATION_DAYS * DAY_MS),
      },
      select: INVITATION_ROW,
    });
    await recordAudit(tx, {
      teamId,
      doer: asDoer(actor),
      action: "invitation.create",
      subject: { type: "invitation", id: invitation.id },
      detail: { email, role },
    });
    return { ...invitation, url: `${env().APP_URL}/invite/${secret}` };
  });
};

/** A team's invitations that can still be accepted, newest first. */
export const listInvitations = async (
  actor: Actor,
  teamId: string,
  now: Date = new Date(),
): Promise<InvitationRow[]> => {
  requireInTeam(actor, "team.read", teamId);
  return asTeam(teamId, (tx) =>
    tx.invitation.findMany({
      where: { teamId, ...OPEN, expiresAt: { gt: now } },
      select: INVITATION_ROW,
      orderBy: { createdAt: "desc" },
    }),
  );
};

/** Ends an open invitation: its link no longer opens. */
export const revokeInvitation = async (
  actor: Actor,
  { teamId, invitationId }: { teamId: string; invitationId: string },
  now: Date = new Date(),
): Promise<void> => {
  requireInTeam(actor, "team.write", teamId);
  return asTeam(teamId, async (tx) => {
    const invitation = await tx.invitation.findFirst({
      where: { id: invitationId, teamId, ...OPEN },
      select: { email: true, role: true },
    });
    if (!invitation) throw unknown("invitation");
    requireRankOver(actor, teamId, { target: { role: invitation.role, isAdministrator: false } });
    await tx.invitation.updateMany({
      where: { id: invitationId, teamId, ...OPEN },
      data: { revokedAt: now },
    });
    await recordAudit(tx, {
      teamId,
      doer: asDoer(actor),
      action: "invitation.revoke",
      subject: { type: "invitation", id: invitationId },
      detail: invitation,
    });
  });
};

const OPEN = { acceptedAt: null, revokedAt: null } as const;
const INVITATION_ROW = { id: true, email: true, role: true, createdAt: true, expiresAt: true } as const;
