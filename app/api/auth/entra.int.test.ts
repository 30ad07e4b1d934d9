import { randomUUID } from "node:crypto";

import type { NextApiRequest, NextApiResponse } from "next";
import NextAuth from "next-auth";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { findActorBySession } from "@/lib/auth/find-actor";
import { makeAuthOptions } from "@/lib/auth/next-auth";
import { readSessionCookie } from "@/lib/auth/session-cookie";
import { startIdentityProvider } from "@/lib/auth/testing/identity-provider";
import { asSystem } from "@/lib/db/scope";
import { signOut } from "@/lib/services/people/sessions";
import { signIn } from "@/lib/services/people/sign-in";
import { signInWithEntra } from "@/lib/services/people/sign-in-with-entra";
import { useTestDatabase } from "@/lib/testing/database";
import { makeSession, makeUser, type TestUser } from "@/lib/testing/people";

// Next-auth and its OpenID Connect client as they are, a tenant of our own instead of Microsoft's.
useTestDatabase();
const APP_URL = "http://localhost:3000";
const TENANT = randomUUID();
const APPLICATION = { clientId: randomUUID(), secret: "a secret of an application" };
let entra: Awaited<ReturnType<typeof startIdentityProvider>>;
beforeAll(async () => {
  entra = await startIdentityProvider(APPLICATION, TENANT);
  Object.assign(process.env, {
    ENTRA_TENANT_ID: TENANT,
    ENTRA_CLIENT_ID: APPLICATION.clientId,
    ENTRA_CLIENT_SECRET: APPLICATION.secret,
  });
});
afterAll(() => entra.close());

type Answer = { status: number; location: string; body: unknown };

/** A browser with its cookies, before next-auth's endpoint. */
const openBrowser = () => {
  const cookies = new Map<string, string>();
  const ask = async (path: string, body?: Record<string, string>): Promise<Answer> => {
    const url = new URL(path, APP_URL);
    const headers = new Headers({ "x-forwarded-for": "203.0.113.7", "user-agent": "test" });
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const answer: Answer = { status: 0, location: "", body: null };
    const request = {
      method: body ? "POST" : "GET",
      headers: Object.fromEntries(headers),
      cookies: Object.fromEntries(cookies),
      query: { ...Object.fromEntries(url.searchParams), nextauth: url.pathname.split("/").slice(3) },
      body,
    };
    const response = {
      getHeader: () => undefined,
      setHeader: (name: string, value: string | string[]) => {
        if (name.toLowerCase() === "location") answer.location = String(value);
        if (name.toLowerCase() === "set-cookie") for (const text of [value].flat()) keep(text);
        return response;
      },
      status: (status: number) => {
        answer.status = status;
        return response;
      },
      json: (sent: unknown) => void (answer.body = sent),
      send: (sent: unknown) => void (answer.body = sent),
      end: () => undefined,
    };
    const options = makeAuthOptions(
      { signIn, signInWithEntra, signOut },
      { headers, authority: entra.origin },
    );
    await NextAuth(request as unknown as NextApiRequest, response as unknown as NextApiResponse, options);
    return answer;
  };
  const keep = (text: string): void => {
    const [pair = ""] = text.split(";");
    const name = pair.slice(0, pair.indexOf("="));
    const value = pair.slice(pair.indexOf("=") + 1);
    if (value === "") cookies.delete(name);
    else cookies.set(name, decodeURIComponent(value));
  };
  /** Gives the first address beyond next-auth's own. */
  const follow = async (path: string): Promise<string> => {
    const { location } = await ask(path);
    const url = new URL(location, APP_URL);
    return url.pathname.startsWith("/api/auth/") ? follow(`${url.pathname}${url.search}`) : url.href;
  };
  return { cookies, ask, follow };
};

type Browser = ReturnType<typeof openBrowser>;
type Claims = Record<string, unknown>;

/** Presses the button and signs in at the tenant as somebody of whom it says this; gives where that leads back to. */
const signInThere = async (browser: Browser, claims: Claims, callbackUrl = "/t/team-a"): Promise<string> => {
  const { body } = await browser.ask("/api/auth/csrf");
  const { csrfToken } = csrfSchema.parse(body);
  const left = await browser.ask("/api/auth/signin/azure-ad", { csrfToken, callbackUrl, json: "true" });
  const back = entra.signInAt(urlSchema.parse(left.body).url, { oid: randomUUID(), ...claims });
  return `${back.pathname}${back.search}`;
};

/** The same, and comes back. */
const signInAs = async (claims: Claims, { browser = openBrowser(), callbackUrl = "/t/team-a" } = {}) => {
  const location = await browser.follow(await signInThere(browser, claims, callbackUrl));
  return { location, sessionId: await sessionOf(browser), browser };
};
const sessionOf = (browser: Browser) => readSessionCookie(browser.cookies.get("sluice.session"));
const csrfSchema = z.object({ csrfToken: z.string() });
const urlSchema = z.object({ url: z.string() });

let user: TestUser;
beforeEach(async () => {
  user = await makeUser();
});

describe("signing in with Microsoft", () => {
  it("opens a session for a user, whatever the case of the address, and leads to where they wanted", async () => {
    const { location, sessionId } = await signInAs({ preferred_username: user.email.toUpperCase() });

    expect(location).toBe("http://localhost:3000/t/team-a");
    const actor = await findActorBySession(sessionId ?? "");
    expect(actor).toMatchObject({ userId: user.id, via: { kind: "session", sessionId } });
  });

  it("leaves a row that can be revoked and an audit entry, as signing in with a password does", async () => {
    const { sessionId } = await signInAs({ preferred_username: user.email });
    const id = sessionId ?? "";

    const session = await asSystem("sign-in", (tx) =>
      tx.session.findUniqueOrThrow({ where: { id }, select: { address: true, userAgent: true } }),
    );
    expect(session).toEqual({ address: "203.0.113.7", userAgent: "test" });
    const entry = await asSystem("audit", (tx) =>
      tx.auditEntry.findFirst({
        where: { subjectId: id },
        select: { action: true, detail: true, actorId: true },
      }),
    );
    expect(entry).toEqual({
      action: "session.open",
      actorId: user.id,
      detail: { how: "entra", address: "203.0.113.7" },
    });
    await signOut(id);
    expect(await findActorBySession(id)).toBeNull();
  });

  it("ends the session that the browser still had", async () => {
    const { browser, sessionId: first } = await signInAs({ preferred_username: user.email });
    const { sessionId: second } = await signInAs({ preferred_username: user.email }, { browser });

    expect(second).not.toBe(first);
    expect(await findActorBySession(first ?? "")).toBeNull();
    expect(await findActorBySession(second ?? "")).not.toBeNull();
  });

  it.each([
    ["nobody was invited with that address", () => ({ preferred_username: "stranger@example.test" })],
    [
      "only an unchecked e-mail address is a user's",
      () => ({ preferred_username: "x@example.test", email: user.email }),
    ],
    [
      "the person is a guest of the tenant",
      () => ({ preferred_username: user.email, idp: "https://elsewhere.example/" }),
    ],
  ])("is refused when %s, and makes no user", async (_why, claims) => {
    const count = () => asSystem("operations", (tx) => tx.user.count());
    const before = await count();

    const { location, sessionId } = await signInAs(claims());

    expect(location).toBe("http://localhost:3000/sign-in?error=AccessDenied");
    expect(sessionId).toBeNull();
    expect(await count()).toBe(before);
  });

  it("is refused for a disabled user, and the session of before does not come back", async () => {
    const disabled = await makeUser({ disabledAt: new Date() });
    await makeSession(disabled);

    const { location, sessionId } = await signInAs({ preferred_username: disabled.email });

    expect(location).toContain("error=AccessDenied");
    expect(sessionId).toBeNull();
  });

  it("takes no answer that was meant for another browser", async () => {
    const back = await signInThere(openBrowser(), { preferred_username: user.email });
    const thief = openBrowser();

    expect(await thief.follow(back)).toContain("error=OAuthCallback");
    expect(await sessionOf(thief)).toBeNull();
  });

  it("takes no token of another tenant", async () => {
    const iss = `${entra.origin}/${randomUUID()}/v2.0`;
    const { location, sessionId } = await signInAs({ preferred_username: user.email, iss });

    expect(location).toContain("error=OAuthCallback");
    expect(sessionId).toBeNull();
  });

  it("leads back to this site only", async () => {
    const callbackUrl = "https://evil.example/";
    const { location } = await signInAs({ preferred_username: user.email }, { callbackUrl });
    expect(location).toBe("http://localhost:3000/");
  });
});
