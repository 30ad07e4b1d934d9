import "server-only";

import type { Tx } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";

import { isSessionLive, LAST_SEEN_EVERY_MS } from "./session-rules";
import { hashToken, isTokenText } from "./token";

/** Who a session speaks for, or null when it ended, was revoked, or its user was disabled. Checked on every request. */
export const findActorBySession = (sessionId: string, now: Date = new Date()): Promise<Actor | null> =>
  asSystem("sign-in", async (tx) => {
    const session = await tx.session.findUnique({
      where: { id: sessionId },
      select: { id: true, lastSeenAt: true, expiresAt: true, revokedAt: true, user: { select: USER } },
    });
    if (!session || session.user.disabledAt || !isSessionLive(session, now)) return null;
    if (isDue(session.lastSeenAt, now)) {
      await tx.session.updateMany({
        where: { id: session.id, lastSeenAt: { lt: now } },
        data: { lastSeenAt: now },
      });
    }
    const { mustChangePassword } = session.user;
    const via = { kind: "session", sessionId: session.id } as const;
    return { ...(await describeUser(tx, session.user)), mustChangePassword, scopes: ["*"], via };
  });

/** Who an API token speaks for, or null when it is unknown, expired, revoked, or its user was disabled. */
export const findActorByToken = async (text: string, now: Date = new Date()): Promise<Actor | null> => {
  if (!isTokenText(text)) return null;
  return asSystem("sign-in", async (tx) => {
    const token = await tx.apiToken.findUnique({
      where: { tokenHash: hashToken(text) },
      select: {
        id: true,
        scopes: true,
        expiresAt: true,
        revokedAt: true,
        lastUsedAt: true,
        user: { select: USER },
      },
    });
    if (!token || token.revokedAt || token.expiresAt <= now || token.user.disabledAt) return null;
    if (token.lastUsedAt === null || isDue(token.lastUsedAt, now))
      await tx.apiToken.updateMany({ where: { id: token.id }, data: { lastUsedAt: now } });
    const via = { kind: "token", tokenId: token.id } as const;
    // A password that waits to be changed binds those who sign in with it; a token is a credential of its own.
    return { ...(await describeUser(tx, token.user)), mustChangePassword: false, scopes: token.scopes, via };
  });
};

const USER = {
  id: true,
  name: true,
  email: true,
  isAdministrator: true,
  mustChangePassword: true,
  disabledAt: true,
} as const;

type User = { id: string; name: string; email: string; isAdministrator: boolean };

const describeUser = async (tx: Tx, { id, name, email, isAdministrator }: User) => ({
  userId: id,
  name,
  email,
  isAdministrator,
  teams: isAdministrator ? await listEveryTeam(tx) : await listOwnTeams(tx, id),
});

const TEAM = { id: true, slug: true, name: true } as const;

const listEveryTeam = async (tx: Tx): Promise<TeamAccess[]> => {
  const teams = await tx.team.findMany({
    where: { archivedAt: null },
    select: TEAM,
    orderBy: { name: "asc" },
  });
  return teams.map((team) => ({ ...team, role: "owner" }));
};

const listOwnTeams = async (tx: Tx, userId: string): Promise<TeamAccess[]> => {
  const memberships = await tx.membership.findMany({
    where: { userId, team: { archivedAt: null } },
    select: { role: true, team: { select: TEAM } },
    orderBy: { team: { name: "asc" } },
  });
  return memberships.map(({ role, team }) => ({ ...team, role }));
};

const isDue = (lastAt: Date, now: Date): boolean => now.getTime() - lastAt.getTime() >= LAST_SEEN_EVERY_MS;
