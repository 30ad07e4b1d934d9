import "server-only";

import { findPasswordProblem } from "@/lib/auth/password-rule";
import { hashPassword } from "@/lib/auth/password-hash";
import { hashSecret } from "@/lib/crypto/one-time-secret";
import type { Tx } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { Role } from "@/lib/domain/access/permissions";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";

export type OpenInvitation = {
  id: string;
  email: string;
  role: Role;
  team: { id: string; slug: string; name: string };
  /** Whether the address has an account, which then has to sign in instead of choosing a password. */
  hasAccount: boolean;
};

/** The open invitation behind a link's secret, or null when it is unknown, used, revoked or past its 7 days. */
export const findInvitation = (secret: string, now: Date = new Date()): Promise<OpenInvitation | null> =>
  asSystem("sign-in", (tx) => readInvitation(tx, secret, now));

/** Accepts for somebody without an account: makes it, with name and password. */
export const acceptAsNewUser = async (
  { secret, name, password }: { secret: string; name: string; password: string },
  now: Date = new Date(),
): Promise<{ user: { id: string; name: string; email: string }; teamSlug: string }> => {
  const invitation = await getInvitation(secret, now);
  const problem = findPasswordProblem(password, { email: invitation.email, name });
  if (problem !== null)
    throw new AppError("invalid_input", problem, { fields: [{ pointer: "/password", detail: problem }] });
  const passwordHash = await hashPassword(password);

  return asSystem("sign-in", async (tx) => {
    const { team, email, role } = await takeInvitation(tx, secret, now);
    // Not `create`: somebody may have accepted another team's invitation for the same address this instant.
    const [user] = await tx.user.createManyAndReturn({
      data: [{ email, name, passwordHash }],
      select: { id: true },
      skipDuplicates: true,
    });
    if (!user) throw signInFirst(email);
    await tx.membership.create({
      data: { teamId: team.id, userId: user.id, role },
      select: { userId: true },
    });
    await recordAcceptance(tx, { id: user.id, name: `${name} <${email}>` }, { team, email, role }, true);
    return { user: { id: user.id, name, email }, teamSlug: team.slug };
  });
};

/** Accepts for the signed-in user. `forbidden` when the invitation is for another address. */
export const acceptAsUser = (
  actor: Actor,
  secret: string,
  now: Date = new Date(),
): Promise<{ teamSlug: string }> =>
  asSystem("sign-in", async (tx) => {
    const { team, email, role } = await takeInvitation(tx, secret, now);
    if (email !== actor.email) {
      throw new AppError(
        "forbidden",
        `This invitation is for ${email}; you are signed in as ${actor.email}. Sign out, then open the link again.`,
      );
    }
    await tx.membership.createMany({
      data: [{ teamId: team.id, userId: actor.userId, role }],
      skipDuplicates: true,
    });
    const doer = { ...asDoer(actor), id: actor.userId };
    await recordAcceptance(tx, doer, { team, email, role }, false);
    return { teamSlug: team.slug };
  });

/** The text says nothing of which it is: unknown, used, revoked or too old. */
const closed = (): AppError =>
  new AppError(
    "not_found",
    "This invitation is not open: it was used, withdrawn, replaced, or is older than 7 days. Ask for a new link.",
  );

const signInFirst = (email: string): AppError =>
  new AppError("conflict", `${email} has an account already. Sign in, then open the link again.`);

const readInvitation = async (tx: Tx, secret: string, now: Date): Promise<OpenInvitation | null> => {
  const invitation = await tx.invitation.findUnique({
    where: { tokenHash: new Uint8Array(hashSecret(secret)) },
    select: {
      id: true,
      email: true,
      role: true,
      acceptedAt: true,
      revokedAt: true,
      expiresAt: true,
      invitedBy: true,
      team: { select: { id: true, slug: true, name: true, archivedAt: true } },
    },
  });
  if (!invitation || invitation.acceptedAt || invitation.revokedAt || invitation.expiresAt <= now)
    return null;
  const { id, email, role, team, invitedBy } = invitation;
  if (team.archivedAt || !(await mayStillInvite(tx, invitedBy, team.id))) return null;
  const account = await tx.user.findUnique({ where: { email }, select: { id: true } });
  return {
    id,
    email,
    role,
    team: { id: team.id, slug: team.slug, name: team.name },
    hasAccount: account !== null,
  };
};

/** Whoever has lost the right to invite since then does not let people in by links kept from before. */
const mayStillInvite = async (tx: Tx, userId: string, teamId: string): Promise<boolean> => {
  const inviter = await tx.user.findFirst({
    where: {
      id: userId,
      disabledAt: null,
      OR: [{ isAdministrator: true }, { memberships: { some: { teamId, role: "owner" } } }],
    },
    select: { id: true },
  });
  return inviter !== null;
};

const getInvitation = async (secret: string, now: Date): Promise<OpenInvitation> => {
  const invitation = await findInvitation(secret, now);
  if (!invitation) throw closed();
  return invitation;
};

/** Marks it used, once: of two who open the link at the same time one is refused. */
const takeInvitation = async (tx: Tx, secret: string, now: Date): Promise<OpenInvitation> => {
  const invitation = await readInvitation(tx, secret, now);
  if (!invitation) throw closed();
  const { count } = await tx.invitation.updateMany({
    where: { id: invitation.id, acceptedAt: null, revokedAt: null },
    data: { acceptedAt: now },
  });
  if (count === 0) throw closed();
  return invitation;
};

const recordAcceptance = (
  tx: Tx,
  doer: { id: string; name: string },
  { team, email, role }: Pick<OpenInvitation, "team" | "email" | "role">,
  madeAccount: boolean,
): Promise<void> =>
  recordAudit(tx, {
    teamId: team.id,
    doer,
    action: "invitation.accept",
    subject: { type: "user", id: doer.id },
    detail: { email, role, madeAccount },
  });
