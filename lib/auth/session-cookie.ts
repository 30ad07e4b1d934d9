import "server-only";

import { decode, encode } from "next-auth/jwt";
import { z } from "zod";

import { env } from "@/lib/env/server";

import { SESSION_LIFETIME_MS } from "./session-rules";
import { usesHttps } from "./uses-https";

/** Next-auth's session cookie: an encrypted token that holds the id of a session and nothing else. */
export const sessionCookieName = (): string => (usesHttps() ? "__Host-sluice.session" : "sluice.session");

export const cookieOptions = () =>
  ({ httpOnly: true, sameSite: "lax", path: "/", secure: usesHttps() }) as const;

/** The session's id in the cookie, or null when there is none, it was altered, or it has run out. */
export const readSessionCookie = async (cookie: string | undefined): Promise<string | null> => {
  if (!cookie) return null;
  const claims: unknown = await decode({ token: cookie, secret: env().AUTH_SECRET }).catch(() => null);
  return readSessionId(claims);
};

/** The session's id in next-auth's claims, or null. */
export const readSessionId = (claims: unknown): string | null => {
  const parsed = claimsSchema.safeParse(claims);
  return parsed.success ? parsed.data.sessionId : null;
};

/** The cookie of a session, for who proved themselves otherwise than by next-auth's sign-in. */
export const makeSessionCookie = async (sessionId: string) => {
  const maxAge = SESSION_LIFETIME_MS / 1000;
  const value = await encode({ token: { sessionId }, secret: env().AUTH_SECRET, maxAge });
  return { name: sessionCookieName(), value, ...cookieOptions(), maxAge };
};

const claimsSchema = z.object({ sessionId: z.uuid() });
