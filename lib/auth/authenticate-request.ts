import "server-only";

import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

import { findActorBySession, findActorByToken } from "./find-actor";
import { readCookie } from "./read-cookie";
import { isSameOrigin } from "./same-origin";
import { readSessionCookie, sessionCookieName } from "./session-cookie";

const READING = new Set(["GET", "HEAD"]);

/**
 * Who sends an API request: by bearer token, else by the console's session cookie. Throws `unauthenticated`; by cookie, a
 * change that no page of ours sent is `forbidden` (a cookie travels with forged requests too).
 */
export const authenticateRequest = async (request: Request): Promise<Actor> => {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) return authenticateToken(authorization);

  const sessionId = await readSessionCookie(readCookie(request.headers, sessionCookieName()));
  const actor = sessionId === null ? null : await findActorBySession(sessionId);
  if (!actor) {
    throw new AppError(
      "unauthenticated",
      "Send an API token in the Authorization header: Bearer slu_… Make one under Your account.",
    );
  }
  if (!READING.has(request.method) && !isSameOrigin(request.headers))
    throw new AppError(
      "forbidden",
      "A request by cookie must come from this site. Use an API token instead.",
    );
  return actor;
};

const authenticateToken = async (authorization: string): Promise<Actor> => {
  const [scheme = "", token = ""] = authorization.trim().split(/ +/, 2);
  const actor = scheme.toLowerCase() === "bearer" ? await findActorByToken(token) : null;
  if (actor) return actor;
  throw new AppError(
    "unauthenticated",
    "This token is not valid: unknown, expired, revoked, or its user disabled.",
  );
};
