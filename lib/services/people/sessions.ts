import "server-only";

import { unknown } from "@/lib/auth/require";
import { SESSION_IDLE_MS } from "@/lib/auth/session-rules";
import { asSystem } from "@/lib/db/scope";
import { asDoer, can, type Actor } from "@/lib/domain/access/actor";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { requireAdministrator } from "./privilege";

export type SessionRow = {
  id: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  address: string | null;
  userAgent: string | null;
  /** The one that asks. */
  isCurrent: boolean;
};

/** The live sessions of the actor, or, for administrators, of anybody; latest first. */
export const listSessions = async (
  actor: Actor,
  userId: string = actor.userId,
  now: Date = new Date(),
): Promise<SessionRow[]> => {
  if (userId !== actor.userId) requireAdministrator(actor, "admin.users");
  return asSystem("administration", async (tx) => {
    const sessions = await tx.session.findMany({
      where: {
        userId,
        revokedAt: null,
        expiresAt: { gt: now },
        lastSeenAt: { gt: new Date(now.getTime() - SESSION_IDLE_MS) },
      },
      select: {
        id: true,
        createdAt: true,
        lastSeenAt: true,
        expiresAt: true,
        address: true,
        userAgent: true,
      },
      orderBy: { lastSeenAt: "desc" },
    });
    const ownId = actor.via.kind === "session" ? actor.via.sessionId : null;
    return sessions.map((session) => ({ ...session, isCurrent: session.id === ownId }));
  });
};

/** Ends one session at once: an own one, or, for administrators, anybody's. Somebody else's is as if unknown. */
export const revokeSession = (actor: Actor, sessionId: string, now: Date = new Date()): Promise<void> =>
  asSystem("administration", async (tx) => {
    const session = await tx.session.findUnique({
      where: { id: sessionId },
      select: { userId: true, revokedAt: true },
    });
    if (!session || (session.userId !== actor.userId && !can(actor, "admin.users"))) throw unknown("session");
    if (session.revokedAt) return;
    await tx.session.update({ where: { id: sessionId }, data: { revokedAt: now }, select: { id: true } });
    await recordAudit(tx, {
      teamId: null,
      doer: asDoer(actor),
      action: "session.revoke",
      subject: { type: "session", id: sessionId },
      detail: { userId: session.userId },
    });
  });

/** Ends the session of who signs out. Never fails for one that has ended already. */
export const signOut = (sessionId: string, now: Date = new Date()): Promise<void> =>
  asSystem("sign-in", async (tx) => {
    const session = await tx.session.findUnique({
      where: { id: sessionId },
      select: { revokedAt: true, user: { select: { id: true, name: true, email: true } } },
    });
    if (!session || session.revokedAt) return;
    const { user } = session;
    await tx.session.update({ where: { id: sessionId }, data: { revokedAt: now }, select: { id: true } });
    await recordAudit(tx, {
      teamId: null,
      doer: { id: user.id, name: `${user.name} <${user.email}>` },
      action: "session.close",
      subject: { type: "session", id: sessionId },
    });
  });
