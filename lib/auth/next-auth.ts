import "server-only";

import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";

import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";
import { logger } from "@/lib/observability/logger";

import { clientAddress } from "./client-address";
import { readCookie } from "./read-cookie";
import { safeReturnTo } from "./return-to";
import { cookieOptions, readSessionCookie, readSessionId, sessionCookieName } from "./session-cookie";
import { SESSION_LIFETIME_MS } from "./session-rules";
import { usesHttps } from "./uses-https";

export type SignInRequest = {
  email: string;
  password: string;
  address: string;
  userAgent: string | null;
  /** The session of the cookie that came along: a new sign-in ends it. */
  previousSessionId: string | null;
};

type Parts = {
  /** Gives the id of a new session, or throws an `AppError` whose message the person may read. */
  signIn: (request: SignInRequest) => Promise<string>;
  signOut: (sessionId: string) => Promise<void>;
};

/**
 * Next-auth's settings. Its encrypted cookie holds the id of a row of `session` and nothing else; who that is, and whether
 * it still holds, is asked of the database on every request.
 */
export const makeAuthOptions = ({ signIn, signOut }: Parts): NextAuthOptions => {
  // Next-auth takes its own address from this variable alone.
  process.env.NEXTAUTH_URL = env().APP_URL;
  const prefix = usesHttps() ? "__Host-" : "";
  return {
    secret: env().AUTH_SECRET,
    useSecureCookies: usesHttps(),
    session: { strategy: "jwt", maxAge: SESSION_LIFETIME_MS / 1000 },
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/" },
    cookies: {
      sessionToken: { name: sessionCookieName(), options: cookieOptions() },
      csrfToken: { name: `${prefix}sluice.csrf`, options: cookieOptions() },
      callbackUrl: { name: `${prefix}sluice.callback`, options: cookieOptions() },
    },
    providers: [
      CredentialsProvider({
        credentials: { email: {}, password: {} },
        authorize: async (credentials, { headers: rawHeaders }) => {
          const headers = toHeaders(rawHeaders);
          const request = {
            email: credentials?.email ?? "",
            password: credentials?.password ?? "",
            address: clientAddress(headers),
            userAgent: headers.get("user-agent"),
            previousSessionId: await readSessionCookie(readCookie(headers, sessionCookieName())),
          };
          return { id: await inWords(() => signIn(request)) };
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user, trigger }) => {
        const sessionId = trigger === "signIn" ? user.id : readSessionId(token);
        return sessionId === null ? {} : { sessionId };
      },
      session: ({ session: { expires } }) => ({ expires }),
      redirect: ({ url, baseUrl }) => {
        const path = url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
        return `${baseUrl}${safeReturnTo(path)}`;
      },
    },
    events: {
      signOut: async ({ token }) => {
        const sessionId = readSessionId(token);
        if (sessionId !== null) await signOut(sessionId);
      },
    },
    logger: {
      error: (code, metadata) => {
        logger.error({ code, err: metadata }, "next-auth reports an error");
      },
      warn: (code) => {
        logger.warn({ code }, "next-auth warns");
      },
      debug: () => undefined,
    },
  };
};

/** Next-auth shows an error's text to the person: what nobody anticipated is logged and replaced. */
const inWords = async <T>(run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    if (error instanceof AppError) throw error;
    logger.error({ err: error }, "Sign-in failed");
    throw new Error("Signing in does not work at the moment. It has been logged; try again shortly.", {
      cause: error,
    });
  }
};

const toHeaders = (raw: Record<string, unknown> | undefined): Headers => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw ?? {}))
    if (typeof value === "string") headers.set(name, value);
  return headers;
};
