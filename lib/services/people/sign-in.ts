import "server-only";

import { verifyPassword } from "@/lib/auth/password-hash";
import type { SignInRequest } from "@/lib/auth/next-auth";
import { countAttempt, forgetAttempts } from "@/lib/auth/throttle";
import { canonicalEmail } from "@/lib/auth/email";
import { asSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { logger } from "@/lib/observability/logger";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { openSession } from "./open-session";

/**
 * Proves a password and opens a new session, whose id it gives; the session that the browser still had ends. Throws
 * `throttled`, or `unauthenticated` with one text for every reason, after the same work for every reason.
 */
export const signIn = async (request: SignInRequest, now: Date = new Date()): Promise<string> => {
  const { password, address } = request;
  const email = canonicalEmail(request.email);
  try {
    await countAttempt({ email, address });
  } catch (error) {
    await noteRefusal(error, { email, address });
    throw error;
  }

  const user = await findUser(email);
  const isRight = await verifyPassword(user?.passwordHash ?? null, password.slice(0, MAX_CHARACTERS));
  if (!user || !isRight || user.disabledAt) {
    logger.warn({ address, userId: user?.id, isDisabled: Boolean(user?.disabledAt) }, "Sign-in refused");
    throw new AppError("unauthenticated", "E-mail or password is wrong.");
  }
  await forgetAttempts({ email, address });
  return openSession({ user, how: "password", request }, now);
};

/** Longer texts only cost time: no stored password has more. */
const MAX_CHARACTERS = 200;

const findUser = (email: string) =>
  asSystem("sign-in", (tx) =>
    tx.user.findUnique({
      where: { email },
      select: { id: true, name: true, email: true, passwordHash: true, disabledAt: true },
    }),
  );

/** The first refusal of a row of attempts goes into the audit log; those that follow would only fill it. */
const noteRefusal = async (error: unknown, { email, address }: { email: string; address: string }) => {
  if (!(error instanceof AppError) || error.code !== "throttled") return;
  logger.warn({ address }, "Sign-in throttled");
  if (error.context["isFirstRefusal"] !== true) return;
  const user = await findUser(email);
  await asSystem("sign-in", (tx) =>
    recordAudit(tx, {
      teamId: null,
      doer: { id: null, name: "somebody not signed in" },
      action: "session.throttled",
      subject: { type: "user", id: user?.id ?? "unknown" },
      detail: { address, ...(user && { email: user.email }) },
    }),
  );
};
