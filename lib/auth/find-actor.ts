import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import { asSystem } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";

import { isSessionLive, LAST_SEEN_EVERY_MS } from "./session-rules";
import { hashToken, isTokenText } from "./token";

/** Who a session speaks for, or null when it ended, was revoked, or its user was disabled. Checked on every request. */
export const findActorBySession = (sessionId: string, now: Date = new Date()): Promise<Actor | null> =>
  asSystem("sign-in", async (tx) => {
    const [session] = await tx.$queryRaw<SessionRow[]>`
      SELECT s.last_seen_at AS "lastSeenAt", s.expires_at AS "expiresAt", s.revoked_at AS "revokedAt", ${USER}
      FROM session s JOIN app_user u ON u.id = s.user_id
      WHERE s.id = ${sessionId}::uuid AND u.disabled_at IS NULL`;
    if (!session) return null;
    const { lastSeenAt, expiresAt, revokedAt, ...user } = session;
    if (!isSessionLive({ lastSeenAt, expiresAt, revokedAt }, now)) return null;
    if (isDue(lastSeenAt, now)) {
      await tx.session.updateMany({
        where: { id: sessionId, lastSeenAt: { lt: now } },
        data: { lastSeenAt: now },
      });
    }
    return { ...user, scopes: ["*"], via: { kind: "session", sessionId } };
  });

/** Who an API token speaks for, or null when it is unknown, expired, revoked, or its user was disabled. */
export const findActorByToken = async (text: string, now: Date = new Date()): Promise<Actor | null> => {
  if (!isTokenText(text)) return null;
  return asSystem("sign-in", async (tx) => {
    const [token] = await tx.$queryRaw<TokenRow[]>`
      SELECT t.id AS "tokenId", t.scopes, t.last_used_at AS "lastUsedAt", ${USER}
      FROM api_token t JOIN app_user u ON u.id = t.user_id
      WHERE t.token_hash = ${hashToken(text)} AND t.revoked_at IS NULL AND t.expires_at > ${now}
        AND u.disabled_at IS NULL`;
    if (!token) return null;
    const { tokenId, scopes, lastUsedAt, ...user } = token;
    if (lastUsedAt === null || isDue(lastUsedAt, now))
      await tx.apiToken.updateMany({ where: { id: tokenId }, data: { lastUsedAt: now } });
    // A password that waits to be changed binds those who sign in with it; a token is a credential of its own.
    return { ...user, mustChangePassword: false, scopes, via: { kind: "token", tokenId } };
  });
};

// One statement, since every request asks: Prisma makes four of it, each a way to the database and back.
const USER = Prisma.sql`
  u.id AS "userId", u.name, u.email, u.is_administrator AS "isAdministrator",
  u.must_change_password AS "mustChangePassword", coalesce((
    SELECT json_agg(json_build_object('id', team.id, 'slug', team.slug, 'name', team.name,
      'role', CASE WHEN u.is_administrator THEN 'owner' ELSE m.role::text END) ORDER BY team.name)
    FROM team LEFT JOIN membership m ON m.team_id = team.id AND m.user_id = u.id
    WHERE team.archived_at IS NULL AND (u.is_administrator OR m.role IS NOT NULL)
  ), '[]') AS teams`;

type UserRow = Pick<Actor, "userId" | "name" | "email" | "isAdministrator" | "mustChangePassword"> & {
  teams: TeamAccess[];
};
type SessionRow = UserRow & { lastSeenAt: Date; expiresAt: Date; revokedAt: Date | null };
type TokenRow = UserRow & { tokenId: string; scopes: string[]; lastUsedAt: Date | null };

const isDue = (lastAt: Date, now: Date): boolean => now.getTime() - lastAt.getTime() >= LAST_SEEN_EVERY_MS;
