import "server-only";

import { SESSION_LIFETIME_MS } from "@/lib/auth/session-rules";
import { asSystem } from "@/lib/db/scope";
import { recordAudit } from "@/lib/services/audit/record-audit";

type Options = {
  user: { id: string; name: string; email: string };
  /** How the person proved who they are. */
  how: "password" | "invitation" | "entra";
  request: { address: string; userAgent: string | null; previousSessionId: string | null };
};

/** Opens a session for who has just proved who they are; one that their browser still had ends. Gives its id. */
export const openSession = async ({ user, how, request }: Options, now: Date = new Date()): Promise<string> =>
  asSystem("sign-in", async (tx) => {
    if (request.previousSessionId !== null) {
      await tx.session.updateMany({
        where: { id: request.previousSessionId, revokedAt: null },
        data: { revokedAt: now },
      });
    }
    const session = await tx.session.create({
      data: {
        userId: user.id,
        createdAt: now,
        lastSeenAt: now,
        expiresAt: new Date(now.getTime() + SESSION_LIFETIME_MS),
        address: request.address,
        userAgent: request.userAgent?.slice(0, MAX_USER_AGENT) ?? null,
      },
      select: { id: true },
    });
    await tx.user.update({ where: { id: user.id }, data: { lastSignInAt: now }, select: { id: true } });
    await recordAudit(tx, {
      teamId: null,
      doer: { id: user.id, name: `${user.name} <${user.email}>` },
      action: "session.open",
      subject: { type: "session", id: session.id },
      detail: { how, address: request.address },
    });
    return session.id;
  });

const MAX_USER_AGENT = 300;
