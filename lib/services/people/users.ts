import "server-only";

import { unknown } from "@/lib/auth/require";
import { newOneTimePassword } from "@/lib/crypto/one-time-secret";
import { hashPassword } from "@/lib/auth/password-hash";
import type { Tx } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { requireAdministrator } from "./privilege";

type Change = { disabled?: boolean | undefined; isAdministrator?: boolean | undefined };

/**
 * Disables or enables a user, makes them an administrator or takes that away; their sessions end when they lose something.
 * Administrators only, not on themselves, and never on the last one.
 */
export const updateUser = async (
  actor: Actor,
  userId: string,
  { disabled, isAdministrator }: Change,
  now: Date = new Date(),
): Promise<void> => {
  requireAdministrator(actor, "admin.users");
  return asSystem("administration", async (tx) => {
    const user = await getUser(tx, userId);
    const before = { disabled: user.disabledAt !== null, isAdministrator: user.isAdministrator };
    const after = {
      disabled: disabled ?? before.disabled,
      isAdministrator: isAdministrator ?? before.isAdministrator,
    };
    if (before.disabled === after.disabled && before.isAdministrator === after.isAdministrator) return;
    const loses = after.disabled || (before.isAdministrator && !after.isAdministrator);
    if (loses && userId === actor.userId)
      throw new AppError("conflict", "Ask another administrator: this would lock you out.");
    if (loses && before.isAdministrator) await refuseLastAdministrator(tx, userId);

    await tx.user.update({
      where: { id: userId },
      data: {
        isAdministrator: after.isAdministrator,
        disabledAt: after.disabled ? (user.disabledAt ?? now) : null,
      },
      select: { id: true },
    });
    if (loses) await endSessions(tx, userId, now);
    await recordAudit(tx, {
      teamId: null,
      doer: asDoer(actor),
      action: "user.update",
      subject: { type: "user", id: userId },
      detail: { email: user.email, before, after },
    });
  });
};

/** A one-time password for somebody who lost theirs, shown once, to be changed at sign-in. Administrators only. */
export const resetPassword = async (
  actor: Actor,
  userId: string,
  now: Date = new Date(),
): Promise<{ oneTimePassword: string }> => {
  requireAdministrator(actor, "admin.users");
  if (userId === actor.userId) throw new AppError("conflict", "Change your own password under your account.");
  const oneTimePassword = newOneTimePassword();
  const passwordHash = await hashPassword(oneTimePassword);
  return asSystem("administration", async (tx) => {
    const user = await getUser(tx, userId);
    await tx.user.update({
      where: { id: userId },
      data: { passwordHash, mustChangePassword: true },
      select: { id: true },
    });
    await endSessions(tx, userId, now);
    await recordAudit(tx, {
      teamId: null,
      doer: asDoer(actor),
      action: "user.reset-password",
      subject: { type: "user", id: userId },
      detail: { email: user.email },
    });
    return { oneTimePassword };
  });
};

// Locked, so that two administrators who disable each other at once do not both succeed.
const getUser = async (tx: Tx, userId: string) => {
  await tx.$queryRaw`SELECT id FROM app_user WHERE id = ${userId}::uuid OR is_administrator ORDER BY id FOR UPDATE`;
  const user = await tx.user.findUnique({
    where: { id: userId },
    select: { email: true, isAdministrator: true, disabledAt: true },
  });
  if (!user) throw unknown("user");
  return user;
};

const refuseLastAdministrator = async (tx: Tx, userId: string): Promise<void> => {
  const others = await tx.user.count({
    where: { isAdministrator: true, disabledAt: null, id: { not: userId } },
  });
  if (others === 0) throw new AppError("conflict", "This is the last administrator. Make another one first.");
};

const endSessions = (tx: Tx, userId: string, now: Date) =>
  tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } });
