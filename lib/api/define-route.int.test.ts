import { randomUUID } from "node:crypto";

import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { API_REQUESTS_PER_MINUTE } from "@/lib/auth/api-limit";
import { makeSessionCookie } from "@/lib/auth/session-cookie";
import { AppError } from "@/lib/domain/errors";
import { callRoute, TEST_ORIGIN } from "@/lib/testing/call-route";
import { useTestDatabase } from "@/lib/testing/database";
import {
  addMember,
  makeSession,
  makeTeam,
  makeToken,
  makeUser,
  type TestTeam,
  type TestUser,
} from "@/lib/testing/people";

import { defineRoute } from "./define-route";
import { timeSchema } from "./schemas";

const { asOwner } = useTestDatabase();

let calls: string[] = [];
let answerWith: () => Promise<unknown> = () => Promise.resolve(undefined);

const makeThing = defineRoute({
  method: "POST",
  path: "/things",
  summary: "Make a thing",
  tags: ["Things"],
  permission: "feed.write",
  body: z.strictObject({ team: z.string(), names: z.array(z.string().min(2)).max(3) }),
  answer: { status: 201, schema: z.object({ id: z.string(), at: timeSchema }) },
  run: async ({ body, inTeam }) => {
    const team = inTeam(body.team);
    await answerWith();
    calls.push(...body.names);
    const made = { id: `${team.slug}/${String(calls.length)}`, at: new Date(0), secret: "canary" };
    return made;
  },
});

const readThing = defineRoute({
  method: "GET",
  path: "/things/{id}",
  summary: "Read a thing",
  tags: ["Things"],
  permission: "feed.read",
  params: z.strictObject({ id: z.uuid() }),
  query: z.strictObject({ limit: z.coerce.number().max(10).default(5), tag: z.string().optional() }),
  answer: { status: 200, schema: z.object({ id: z.string(), limit: z.number() }) },
  run: ({ params, query }) => Promise.resolve({ id: params.id, limit: query.limit }),
});

let team: TestTeam;
let user: TestUser;
let token: string;
const body = () => ({ team: team.slug, names: ["one"] });

beforeAll(async () => {
  team = await makeTeam();
  user = await makeUser();
  await addMember(team, user, "analyst");
});
beforeEach(async () => {
  calls = [];
  answerWith = () => Promise.resolve(undefined);
  token = await makeToken(user);
});

describe("an answer", () => {
  it("has the shape its schema names and nothing else", async () => {
    const { status, json, headers } = await callRoute(makeThing, { token, body: body() });

    expect(status).toBe(201);
    expect(json).toEqual({ id: `${team.slug}/1`, at: "1970-01-01T00:00:00.000Z" });
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("tells nothing of a failure that nobody anticipated", async () => {
    answerWith = () => Promise.reject(new Error("connection to 10.0.0.5 refused for user canary"));
    const { status, json, text } = await callRoute(makeThing, { token, body: body() });

    expect(status).toBe(500);
    expect(json).toMatchObject({ type: "urn:sluice:problem:internal" });
    expect(text).not.toContain("canary");
  });

  it.each([
    ["invalid_input", 400, "invalid-request"],
    ["blocked_address", 400, "blocked-address"],
    ["unauthenticated", 401, "unauthenticated"],
    ["forbidden", 403, "forbidden"],
    ["not_found", 404, "not-found"],
    ["conflict", 409, "conflict"],
    ["stale", 409, "stale"],
    ["throttled", 429, "too-many-requests"],
    ["upstream_rejected", 502, "upstream-rejected"],
    ["upstream_unavailable", 503, "upstream-unavailable"],
  ] as const)("to an anticipated failure %s is a problem %i %s", async (code, status, name) => {
    answerWith = () =>
      Promise.reject(
        new AppError(code, "Say this.", {
          fields: [{ pointer: "/names/0", detail: "Not this one." }],
          context: { retryAfterSeconds: 7, internal: "canary" },
        }),
      );
    const answer = await callRoute(makeThing, { token, body: body() });

    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("retry-after")).toBe("7");
    expect(answer.json).toMatchObject({
      type: `urn:sluice:problem:${name}`,
      status,
      detail: "Say this.",
      errors: [{ in: "body", pointer: "/names/0", detail: "Not this one." }],
    });
    expect(answer.text).not.toContain("canary");
  });
});

describe("a caller", () => {
  it.each([
    ["nothing", {}],
    ["an unknown token", { authorization: `Bearer slu_${"a".repeat(43)}` }],
    ["another scheme", { authorization: "Basic dXNlcjpwYXNz" }],
    ["an empty token", { authorization: "Bearer " }],
    ["a session's cookie that is not ours", { cookie: "sluice.session=eyJhbGciOiJub25lIn0..." }],
    ["headers of a proxy that is not there", { "x-user": "admin", "x-forwarded-user": "admin" }],
  ])("with %s is told to sign in", async (_name, headers) => {
    const answer = await callRoute(makeThing, { body: body(), headers });

    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    expect(calls).toEqual([]);
  });

  it("with an expired token, a revoked one, or of a disabled user is told to sign in", async () => {
    const expired = await makeToken(user, { expiresAt: new Date(Date.now() - 1) });
    const revoked = await makeToken(user);
    await asOwner((client) =>
      client.query("UPDATE api_token SET revoked_at = now() WHERE hint = $1", [revoked.slice(0, 8)]),
    );
    const ofDisabled = await makeToken(await makeUser({ disabledAt: new Date() }));

    for (const bad of [expired, revoked, ofDisabled])
      expect((await callRoute(makeThing, { token: bad, body: body() })).status).toBe(401);
  });

  it("is refused by a token's scope, by a role, and finds no foreign team", async () => {
    const narrow = await makeToken(user, { scopes: ["feed.read"] });
    expect(await callRoute(makeThing, { token: narrow, body: body() })).toMatchObject({
      status: 403,
      json: { detail: "This token lacks the scope feed.write. Make one that has it under Your account." },
    });

    const viewer = await makeUser();
    await addMember(team, viewer, "viewer");
    expect((await callRoute(makeThing, { token: await makeToken(viewer), body: body() })).status).toBe(403);

    const foreign = await makeTeam();
    const asForeign = await callRoute(makeThing, { token, body: { ...body(), team: foreign.slug } });
    const asUnknown = await callRoute(makeThing, { token, body: { ...body(), team: "no-such-team" } });
    expect(asForeign.status).toBe(404);
    expect({ ...asForeign.json, instance: "" }).toEqual({ ...asUnknown.json, instance: "" });
  });

  it("with the console's cookie may read, and change things only from a page of this site", async () => {
    const { name, value } = await makeSessionCookie(await makeSession(user));
    const cookie = `other=1; ${name}=${value}`;
    const read = { path: `/things/${user.id}`, params: { id: user.id } };
    expect((await callRoute(readThing, { ...read, headers: { cookie } })).status).toBe(200);

    const send = (headers: Record<string, string>) =>
      callRoute(makeThing, { body: body(), headers: { cookie, ...headers } });
    expect((await send({})).status).toBe(403);
    expect((await send({ origin: "https://evil.example" })).status).toBe(403);
    expect((await send({ origin: "null" })).status).toBe(403);
    expect((await send({ origin: TEST_ORIGIN, "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await send({ "sec-fetch-site": "same-site" })).status).toBe(403);
    expect(calls).toEqual([]);
    expect((await send({ origin: TEST_ORIGIN })).status).toBe(201);
    expect((await send({ "sec-fetch-site": "same-origin" })).status).toBe(201);
  });

  it("is slowed past the limit a minute, by token", async () => {
    const fast = await makeToken(user);
    await callRoute(makeThing, { token: fast, body: body() });
    await asOwner((client) =>
      client.query("UPDATE rate_limit SET points = $1 WHERE key LIKE 'api:%'", [API_REQUESTS_PER_MINUTE]),
    );

    const answer = await callRoute(makeThing, { token: fast, body: body() });
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await callRoute(makeThing, { token, body: body() })).status).toBe(201);
  });
});

describe("a request", () => {
  it("names every bad field with its pointer", async () => {
    const answer = await callRoute(makeThing, {
      token,
      body: { names: ["ok", "x"], extra: 1, createdBy: "me" },
    });

    expect(answer.status).toBe(400);
    expect(answer.json?.["errors"]).toEqual([
      expect.objectContaining({ in: "body", pointer: "/team" }),
      expect.objectContaining({ in: "body", pointer: "/names/1" }),
      { in: "body", pointer: "/extra", detail: "This name is not known here." },
      { in: "body", pointer: "/createdBy", detail: "This name is not known here." },
    ]);
  });

  it("with text that no database column takes is refused, not failed on", async () => {
    for (const text of ["No\0name", "Half a \ud83d pair"]) {
      const answer = await callRoute(makeThing, { token, body: { team: "a", names: [text] } });
      expect(answer.status).toBe(400);
      expect(answer.json?.["errors"]).toEqual([expect.objectContaining({ in: "body", pointer: "/names/0" })]);
      expect(answer.text).toContain("NUL character");
    }
  });

  it.each([
    ["what is not JSON", "{", 400],
    ["no body", undefined, 415],
    ["a list where an object is wanted", "[]", 400],
    ["null", "null", 400],
  ])("with %s is refused", async (_name, text, status) => {
    expect((await callRoute(makeThing, { token, body: text })).status).toBe(status);
  });

  it("in another media type, in bad UTF-8 or past 10 MB is refused", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await callRoute(makeThing, { token, body: "team=a", headers: form })).status).toBe(415);
    expect(
      (await callRoute(makeThing, { token, body: `{"a":"${"x".repeat(10 * 1024 * 1024)}"}` })).status,
    ).toBe(413);

    const bytes = new Request(`${TEST_ORIGIN}/api/v1/things`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect((await makeThing.handle(bytes, { params: Promise.resolve({}) })).status).toBe(400);
  });

  it("past 10 MB is read no further, whatever it says of its length", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    const init = { duplex: "half", body: endless, method: "POST" };
    const request = new Request(`${TEST_ORIGIN}/api/v1/things`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    });

    expect((await makeThing.handle(request, { params: Promise.resolve({}) })).status).toBe(413);
    expect(sent).toBeLessThan(15);
  });

  it.each([
    ["/things/1?limit=11", { id: randomUUID() }, "query", "/limit"],
    ["/things/1?order=asc", { id: randomUUID() }, "query", "/order"],
    ["/things/1?tag=a&tag=b", { id: randomUUID() }, "query", "/tag"],
    ["/things/1", { id: "1; DROP TABLE team" }, "path", "/id"],
  ])("to %s says which parameter is wrong", async (path, params, where, pointer) => {
    const answer = await callRoute(readThing, { token, path, params });

    expect(answer.status).toBe(400);
    expect(answer.json?.["errors"]).toEqual([expect.objectContaining({ in: where, pointer })]);
  });
});
