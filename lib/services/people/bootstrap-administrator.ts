import "server-only";

import { canonicalEmail } from "@/lib/auth/email";
import { hashPassword } from "@/lib/auth/password-hash";
import { newOneTimePassword } from "@/lib/crypto/one-time-secret";
import type { Tx } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { env } from "@/lib/env/server";
import { recordAudit } from "@/lib/services/audit/record-audit";

type Bootstrap = {
  email: string;
  /** Shown once; null when the operator gave a password, or the administrator was there already. */
  oneTimePassword: string | null;
  created: boolean;
};

/**
 * Makes the first administrator of an installation that has none; processes that start together make one. A password that
 * the operator chose stands; one made here has to be changed at the first sign-in.
 */
export const bootstrapAdministrator = async ({
  email = env().ADMIN_EMAIL,
  password,
}: { email?: string; password?: string } = {}): Promise<Bootstrap> => {
  const known = await asSystem("administration", findAdministrator);
  if (known !== null) return { email: known, oneTimePassword: null, created: false };

  const chosen = password ?? newOneTimePassword();
  const passwordHash = await hashPassword(chosen);
  return asSystem("administration", async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('sluice.bootstrap', 0))`;
    const meanwhile = await findAdministrator(tx);
    if (meanwhile !== null) return { email: meanwhile, oneTimePassword: null, created: false };
    const access = { passwordHash, mustChangePassword: password === undefined, isAdministrator: true };
    const user = await tx.user.upsert({
      where: { email: canonicalEmail(email) },
      create: { email: canonicalEmail(email), name: "Administrator", ...access },
      update: { ...access, disabledAt: null },
      select: { id: true, email: true },
    });
    await recordAudit(tx, {
      teamId: null,
      doer: SYSTEM,
      action: "user.bootstrap",
      subject: { type: "user", id: user.id },
      detail: { email: user.email },
    });
    return { email: user.email, oneTimePassword: password === undefined ? chosen : null, created: true };
  });
};

const findAdministrator = async (tx: Tx): Promise<string | null> => {
  const user = await tx.user.findFirst({
    where: { isAdministrator: true, disabledAt: null },
    select: { email: true },
    orderBy: { createdAt: "asc" },
  });
  return user?.email ?? null;
};
