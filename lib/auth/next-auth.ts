import "server-only";

import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";

import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";
import { logger } from "@/lib/observability/logger";

import { clientAddress } from "./client-address";
import { ENTRA, entraProviders, readEntraPerson, type EntraPerson } from "./entra";
import { readCookie } from "./read-cookie";
import { safeReturnTo } from "./return-to";
import { cookieOptions, readSessionCookie, readSessionId, sessionCookieName } from "./session-cookie";
import { SESSION_LIFETIME_MS } from "./session-rules";
import { usesHttps } from "./uses-https";

/** Where somebody signs in from. */
type Origin = {
  address: string;
  userAgent: string | null;
  /** The session of the cookie that came along: a new sign-in ends it. */
  previousSessionId: string | null;
};
export type SignInRequest = Origin & { email: string; password: string };
export type EntraSignInRequest = Origin & EntraPerson;

type Parts = {
  /** Gives the id of a new session, or throws an `AppError` whose message the person may read. */
  signIn: (request: SignInRequest) => Promise<string>;
  /** The same for whom Entra ID proved. */
  signInWithEntra: (request: EntraSignInRequest) => Promise<string>;
  signOut: (sessionId: string) => Promise<void>;
};

type Surroundings = { headers: Headers; authority?: string };

/**
 * Next-auth's settings for one request. Its encrypted cookie holds the id of a row of `session` and nothing else; who that is, and whether
 * it still holds, is asked of the database on every request.
 */
export const makeAuthOptions = (
  { signIn, signInWithEntra, signOut }: Parts,
  { headers: requestHeaders, authority }: Surroundings,
): NextAuthOptions => {
  // Next-auth takes its own address from this variable alone.
  process.env.NEXTAUTH_URL = env().APP_URL;
  const prefix = usesHttps() ? "__Host-" : "";
  // Next-auth asks `signIn` whether a person whom Entra ID proved may come in, and `jwt` what their cookie shall hold.
  let opened: string | null = null;
  const openForProved = async (claims: unknown): Promise<string | null> => {
    const person = readEntraPerson(claims);
    if (person) return signInWithEntra({ ...person, ...(await readOrigin(requestHeaders)) });
    logger.warn("Entra ID proved a guest, or somebody without an address of the tenant; refused");
    return null;
  };
  return {
    secret: env().AUTH_SECRET,
    useSecureCookies: usesHttps(),
    session: { strategy: "jwt", maxAge: SESSION_LIFETIME_MS / 1000 },
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/" },
    cookies: {
      sessionToken: { name: sessionCookieName(), options: cookieOptions() },
      csrfToken: { name: `${prefix}sluice.csrf`, options: cookieOptions() },
      callbackUrl: { name: `${prefix}sluice.callback`, options: cookieOptions() },
      pkceCodeVerifier: { name: `${prefix}sluice.pkce`, options: questionOptions() },
      state: { name: `${prefix}sluice.state`, options: questionOptions() },
      nonce: { name: `${prefix}sluice.nonce`, options: questionOptions() },
    },
    providers: [
      CredentialsProvider({
        credentials: { email: {}, password: {} },
        authorize: async (credentials, { headers: rawHeaders }) => {
          const [email, password] = [credentials?.email ?? "", credentials?.password ?? ""];
          const request = { email, password, ...(await readOrigin(toHeaders(rawHeaders))) };
          return { id: await inWords(() => signIn(request)) };
        },
      }),
      ...entraProviders(authority),
    ],
    callbacks: {
      signIn: async ({ account, profile }) => {
        if (account?.provider !== ENTRA) return true;
        try {
          opened = await openForProved(profile);
          return opened !== null;
        } catch (error) {
          if (error instanceof AppError) return false;
          logger.error({ err: error }, "Sign-in with Entra ID failed");
          return "/sign-in?error=Callback";
        }
      },
      jwt: ({ token, user, account, trigger }) => {
        const newSessionId = (): string | null => (account?.provider === ENTRA ? opened : user.id);
        const sessionId = trigger === "signIn" ? newSessionId() : readSessionId(token);
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
        logger.error({ code, err: errorOf(metadata) }, "next-auth reports an error");
      },
      warn: (code) => {
        logger.warn({ code }, "next-auth warns");
      },
      debug: () => undefined,
    },
  };
};

/** For as long as a person may take at Microsoft. */
const questionOptions = () => ({ ...cookieOptions(), maxAge: 15 * 60 });

const readOrigin = async (headers: Headers): Promise<Origin> => ({
  address: clientAddress(headers),
  userAgent: headers.get("user-agent"),
  previousSessionId: await readSessionCookie(readCookie(headers, sessionCookieName())),
});

/** What happened, without what the libraries hang onto an error: a token that did not pass is a token all the same. */
const errorOf = (
  metadata: Error | Record<string, unknown>,
): { name: string; message: string; stack?: string } => {
  const error = metadata instanceof Error ? metadata : metadata["error"];
  if (!(error instanceof Error)) return { name: "Error", message: "next-auth gave no reason." };
  const { name, message, stack } = error;
  return { name, message, ...(stack !== undefined && { stack }) };
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
