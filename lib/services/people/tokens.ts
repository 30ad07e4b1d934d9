import "server-only";

import { unknown } from "@/lib/auth/require";
import { asSystem } from "@/lib/db/scope";
import { asDoer, can, type Actor } from "@/lib/domain/access/actor";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { requireAdministrator } from "./privilege";

export type TokenRow = {
  id: string;
  name: string;
  /** The first characters of the token. */
  hint: string;
  scopes: string[];
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

export const TOKEN_ROW = {
  id: true,
  name: true,
  hint: true,
  scopes: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
  revokedAt: true,
} as const;

type Options = {
  limit: number;
  /** Ids below this one: they count up with time. */
  after?: string | undefined;
  /** Whose; the actor's own unless an administrator asks. */
  userId?: string | undefined;
};

/** API tokens, newest first, those that ended included. `next` is where to go on. */
export const listTokens = async (
  actor: Actor,
  { limit, after, userId = actor.userId }: Options,
): Promise<{ tokens: TokenRow[]; next: string | null }> => {
  if (userId !== actor.userId) requireAdministrator(actor, "admin.users");
  return asSystem("administration", async (tx) => {
    const found = await tx.apiToken.findMany({
      where: { userId, ...(after !== undefined && { id: { lt: after } }) },
      select: TOKEN_ROW,
      orderBy: { id: "desc" },
      take: limit + 1,
    });
    const tokens = found.slice(0, limit);
    return { tokens, next: found.length > limit ? (tokens.at(-1)?.id ?? null) : null };
  });
};

/** Ends a token at once: an own one, or, for administrators, anybody's. Somebody else's is as if unknown. */
export const revokeToken = (actor: Actor, tokenId: string, now: Date = new Date()): Promise<void> =>
  asSystem("administration", async (tx) => {
    const token = await tx.apiToken.findUnique({
      where: { id: tokenId },
      select: { userId: true, name: true, revokedAt: true },
    });
    if (!token || (token.userId !== actor.userId && !can(actor, "admin.users"))) throw unknown("token");
    if (token.revokedAt) return;
    await tx.apiToken.update({ where: { id: tokenId }, data: { revokedAt: now }, select: { id: true } });
    await recordAudit(tx, {
      teamId: null,
      doer: asDoer(actor),
      action: "token.revoke",
      subject: { type: "token", id: tokenId },
      detail: { name: token.name, userId: token.userId },
    });
  });
