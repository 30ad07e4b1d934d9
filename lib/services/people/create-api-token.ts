import "server-only";

import { z } from "zod";

import { canonicalEmail } from "@/lib/auth/email";
import { hashToken, TOKEN_PREFIX } from "@/lib/auth/token";
import { newSecret } from "@/lib/crypto/one-time-secret";
import type { Tx } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import { asDoer, SYSTEM, type Actor, type Doer } from "@/lib/domain/access/actor";
import { PERMISSIONS, scopeCovers } from "@/lib/domain/access/permissions";
import { AppError } from "@/lib/domain/errors";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { TOKEN_ROW, type TokenRow } from "./tokens";

const DAY_MS = 24 * 3_600_000;
export const MAX_TOKEN_DAYS = 365;
export const DEFAULT_TOKEN_DAYS = 90;
/** The prefix and four characters: enough to tell tokens apart, too little to guess one. */
const HINT_CHARACTERS = TOKEN_PREFIX.length + 1 + 4;

/** A scope is a permission's name, or `*` for all that the token's user may do. */
export const scopeSchema = z.enum(["*", ...PERMISSIONS]);
type Scope = z.output<typeof scopeSchema>;

export const tokenInputSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, "Give a name, such as where it is used.")
    .max(100, "Use at most 100 characters."),
  scopes: z
    .array(scopeSchema)
    .min(1, "Choose at least one scope.")
    .transform((scopes): Scope[] => (scopes.includes("*") ? ["*"] : [...new Set(scopes)])),
  expiresInDays: z.coerce
    .number()
    .int()
    .min(1, "Use at least 1 day.")
    .max(MAX_TOKEN_DAYS, `Use at most ${String(MAX_TOKEN_DAYS)} days.`)
    .default(DEFAULT_TOKEN_DAYS),
});
export type TokenInput = z.output<typeof tokenInputSchema>;

/**
 * Makes an API token of the actor; the answer alone holds it. A token made by a token reaches no further than that one: a
 * leaked narrow token must not make itself a wide one.
 */
export const createApiToken = async (
  actor: Actor,
  input: TokenInput,
  now: Date = new Date(),
): Promise<TokenRow & { token: string }> => {
  const beyond = input.scopes.filter((scope) =>
    scope === "*" ? !actor.scopes.includes("*") : !scopeCovers(actor.scopes, scope),
  );
  if (beyond.length > 0) {
    throw new AppError(
      "forbidden",
      `A token cannot make one that reaches further than itself (${beyond.join(", ")}). Make it in the console.`,
    );
  }
  return asSystem("administration", (tx) => insertToken(tx, actor.userId, asDoer(actor), input, now));
};

/**
 * Makes an API token of any user, for `npm run token`: whoever can run it has the database anyway. Throws `not_found` for an
 * unknown or disabled user and `invalid_input` for a scope that does not exist.
 */
export const createApiTokenFor = async (
  {
    email,
    name,
    scopes,
    expiresInDays,
  }: { email: string; name: string; scopes: readonly string[]; expiresInDays?: number },
  now: Date = new Date(),
): Promise<{ token: string }> => {
  const parsed = tokenInputSchema.safeParse({ name, scopes, expiresInDays });
  if (!parsed.success) throw new AppError("invalid_input", z.prettifyError(parsed.error));
  return asSystem("administration", async (tx) => {
    const user = await tx.user.findUnique({
      where: { email: canonicalEmail(email) },
      select: { id: true, disabledAt: true },
    });
    if (!user || user.disabledAt)
      throw new AppError("not_found", `There is no active user ${canonicalEmail(email)}.`);
    const { token } = await insertToken(tx, user.id, SYSTEM, parsed.data, now);
    return { token };
  });
};

const insertToken = async (
  tx: Tx,
  userId: string,
  doer: Doer,
  { name, scopes, expiresInDays }: TokenInput,
  now: Date,
): Promise<TokenRow & { token: string }> => {
  const token = newSecret(TOKEN_PREFIX);
  const row = await tx.apiToken.create({
    data: {
      userId,
      name,
      tokenHash: hashToken(token),
      hint: token.slice(0, HINT_CHARACTERS),
      scopes,
      createdAt: now,
      expiresAt: new Date(now.getTime() + expiresInDays * DAY_MS),
    },
    select: TOKEN_ROW,
  });
  await recordAudit(tx, {
    teamId: null,
    doer,
    action: "token.create",
    subject: { type: "token", id: row.id },
    detail: { name, scopes, expiresInDays, userId },
  });
  return { ...row, token };
};
