import "server-only";

import { hashPassword, verifyPassword } from "@/lib/auth/password-hash";
import { findPasswordProblem } from "@/lib/auth/password-rule";
import { countAttempt, forgetAttempts } from "@/lib/auth/throttle";
import { asSystem } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";

type Input = { current: string; next: string; address: string };

/**
 * Changes the actor's own password and ends their other sessions. A person does this, signed in: a token may not. Throws
 * `invalid_input` with the field that is wrong, `throttled` like signing in.
 */
export const changePassword = async (
  actor: Actor,
  { current, next, address }: Input,
  now: Date = new Date(),
): Promise<{ endedSessions: number }> => {
  const { via, userId, email } = actor;
  if (via.kind !== "session")
    throw new AppError("forbidden", "A password is changed by the person, signed in, not by a token.");
  await countAttempt({ email, address });
  const user = await asSystem("sign-in", (tx) =>
    tx.user.findUnique({ where: { id: userId }, select: { passwordHash: true } }),
  );
  if (!(await verifyPassword(user?.passwordHash ?? null, current)))
    throw wrong("current", "This is not your present password.");
  await forgetAttempts({ email, address });

  const problem = current === next ? "This is the password you have now." : findPasswordProblem(next, actor);
  if (problem !== null) throw wrong("next", problem);
  const passwordHash = await hashPassword(next);
  return asSystem("sign-in", async (tx) => {
    await tx.user.update({
      where: { id: userId },
      data: { passwordHash, mustChangePassword: false },
      select: { id: true },
    });
    const { count } = await tx.session.updateMany({
      where: { userId, revokedAt: null, expiresAt: { gt: now }, id: { not: via.sessionId } },
      data: { revokedAt: now },
    });
    await recordAudit(tx, {
      teamId: null,
      doer: asDoer(actor),
      action: "user.change-password",
      subject: { type: "user", id: userId },
      detail: { endedSessions: count },
    });
    return { endedSessions: count };
  });
};

const wrong = (field: string, detail: string): AppError =>
  new AppError("invalid_input", detail, { fields: [{ pointer: `/${field}`, detail }] });
