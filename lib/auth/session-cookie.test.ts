import { randomUUID } from "node:crypto";

import { encode } from "next-auth/jwt";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const SECRET = "a secret of more than thirty-two characters";

/** The modules as they are after a start with this address: the environment is read once. */
const startAt = async (appUrl: string) => {
  vi.resetModules();
  vi.stubEnv("APP_URL", appUrl);
  const { makeSessionCookie, readSessionCookie } = await import("./session-cookie");
  const { isSameOrigin } = await import("./same-origin");
  const { makeAuthOptions } = await import("./next-auth");
  return { makeSessionCookie, readSessionCookie, isSameOrigin, makeAuthOptions };
};

beforeEach(() => {
  vi.stubEnv("DATABASE_URL", "postgresql://user:pass@127.0.0.1:1/none");
  vi.stubEnv("AUTH_SECRET", SECRET);
  vi.stubEnv("ENCRYPTION_KEYS", `t:${Buffer.alloc(32).toString("base64")}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const parts = {
  signIn: () => Promise.resolve(randomUUID()),
  signInWithEntra: () => Promise.resolve(randomUUID()),
  signOut: () => Promise.resolve(),
};

describe("the session's cookie", () => {
  it("is bound to the host and Secure behind https", async () => {
    const { makeSessionCookie, makeAuthOptions } = await startAt("https://sluice.example");
    expect(await makeSessionCookie(randomUUID())).toMatchObject({
      name: "__Host-sluice.session",
      secure: true,
      httpOnly: true,
      sameSite: "lax",
      path: "/",
    });
    const names = Object.values(makeAuthOptions(parts, { headers: new Headers() }).cookies ?? {}).map(
      (cookie) => cookie.name,
    );
    expect(names).toHaveLength(6);
    expect(names.every((name) => name.startsWith("__Host-"))).toBe(true);
  });

  it("works without https for a local start, still out of reach of scripts", async () => {
    const { makeSessionCookie } = await startAt("http://localhost:3000");
    expect(await makeSessionCookie(randomUUID())).toMatchObject({
      name: "sluice.session",
      secure: false,
      httpOnly: true,
    });
  });

  it("gives back the id of its session, and nothing when altered, made with another secret, or run out", async () => {
    const { makeSessionCookie, readSessionCookie } = await startAt("http://localhost:3000");
    const sessionId = randomUUID();
    const { value } = await makeSessionCookie(sessionId);

    expect(await readSessionCookie(value)).toBe(sessionId);
    expect(await readSessionCookie(undefined)).toBeNull();
    expect(await readSessionCookie(`${value.slice(0, -2)}AA`)).toBeNull();
    expect(
      await readSessionCookie(await encode({ token: { sessionId }, secret: "another secret" })),
    ).toBeNull();
    expect(
      await readSessionCookie(await encode({ token: { sessionId }, secret: SECRET, maxAge: -60 })),
    ).toBeNull();
    expect(
      await readSessionCookie(await encode({ token: { userId: sessionId }, secret: SECRET })),
    ).toBeNull();
  });
});

describe("a page of this site", () => {
  it.each([
    [{ origin: "https://sluice.example" }, true],
    [{ origin: "https://sluice.example", "sec-fetch-site": "same-origin" }, true],
    [{ "sec-fetch-site": "same-origin" }, true],
    [{ origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000" }, true],
    [{}, false],
    [{ origin: "null" }, false],
    [{ origin: "https://sluice.example.evil.example" }, false],
    [{ origin: "https://evil.example", host: "sluice.example" }, false],
    [{ origin: "https://sluice.example", "sec-fetch-site": "cross-site" }, false],
    [{ origin: "https://sluice.example", "sec-fetch-site": "same-site" }, false],
    [{ "sec-fetch-site": "none" }, false],
  ])("sent a request with %j: %s", async (headers, expected) => {
    const { isSameOrigin } = await startAt("https://sluice.example");
    expect(isSameOrigin(new Headers(headers as Record<string, string>))).toBe(expected);
  });
});

describe("next-auth", () => {
  it.each([
    ["/t/team-a", "https://sluice.example/t/team-a"],
    ["https://sluice.example/t/team-a?x=1", "https://sluice.example/t/team-a?x=1"],
    ["https://sluice.example.evil.example/", "https://sluice.example/"],
    ["https://evil.example/", "https://sluice.example/"],
    ["//evil.example", "https://sluice.example/"],
  ])("asked to go to %s goes to %s", async (url, expected) => {
    const { makeAuthOptions } = await startAt("https://sluice.example");
    const redirect = makeAuthOptions(parts, { headers: new Headers() }).callbacks?.redirect;
    expect(await redirect?.({ url, baseUrl: "https://sluice.example" })).toBe(expected);
  });
});
