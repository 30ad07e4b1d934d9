import { randomUUID } from "node:crypto";

import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import { callRoute } from "@/lib/testing/call-route";
import { useTestDatabase } from "@/lib/testing/database";
import { addMember, makeTeam, makeToken, makeUser, type TestTeam } from "@/lib/testing/people";

import { defineRoute } from "./define-route";

const { asOwner } = useTestDatabase();

let calls: string[] = [];
let answerWith: () => Promise<unknown> = () => Promise.resolve(undefined);

const makeThing = defineRoute({
  method: "POST",
  path: "/things",
  summary: "Make a thing",
  tags: ["Things"],
  permission: "feed.write",
  body: z.strictObject({ team: z.string(), names: z.array(z.string()) }),
  answer: { status: 201, schema: z.object({ number: z.int() }) },
  run: async ({ body, inTeam }) => {
    inTeam(body.team);
    await answerWith();
    return { number: calls.push(...body.names) };
  },
});

const makeSecret = defineRoute({
  method: "POST",
  path: "/secrets",
  summary: "Make a secret",
  tags: ["Things"],
  permission: "token.write",
  answer: { status: 201, schema: z.object({ secret: z.string() }) },
  secretAnswer: true,
  run: () => Promise.resolve({ secret: `canary-${String(calls.push("secret"))}` }),
});

let team: TestTeam;
let token: string;
const body = () => ({ team: team.slug, names: ["one"] });

beforeAll(async () => {
  team = await makeTeam();
  const user = await makeUser();
  await addMember(team, user, "analyst");
  token = await makeToken(user);
});
beforeEach(() => {
  calls = [];
  answerWith = () => Promise.resolve(undefined);
});

describe("an Idempotency-Key", () => {
  const keyed = (key: string = randomUUID()) => ({ "idempotency-key": key });

  it("brings the first answer back and does nothing twice", async () => {
    const headers = keyed();
    const first = await callRoute(makeThing, { token, body: body(), headers });
    const again = await callRoute(makeThing, { token, body: body(), headers });

    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(calls).toEqual(["one"]);
  });

  it("lets one of ten requests sent at once through", async () => {
    const headers = keyed();
    answerWith = () => new Promise((resolve) => setImmediate(resolve));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => callRoute(makeThing, { token, body: body(), headers })),
    );

    expect(calls).toEqual(["one"]);
    expect(answers.map(({ status }) => status).every((status) => status === 201 || status === 409)).toBe(
      true,
    );
  });

  it("is refused for another body, another route, and when it is none", async () => {
    const headers = keyed();
    await callRoute(makeThing, { token, body: body(), headers });

    expect((await callRoute(makeThing, { token, body: { ...body(), names: ["two"] }, headers })).status).toBe(
      422,
    );
    expect((await callRoute(makeSecret, { token, headers, path: "/secrets" })).status).toBe(422);
    expect((await callRoute(makeThing, { token, body: body(), headers: keyed("a b") })).status).toBe(400);
    expect(
      (await callRoute(makeThing, { token, body: body(), headers: keyed("k".repeat(256)) })).status,
    ).toBe(400);
    expect(calls).toEqual(["one"]);
  });

  it("belongs to one user", async () => {
    const other = await makeUser();
    await addMember(team, other, "analyst");
    const headers = keyed();
    await callRoute(makeThing, { token, body: body(), headers });

    expect(
      (await callRoute(makeThing, { token: await makeToken(other), body: body(), headers })).status,
    ).toBe(201);
    expect(calls).toEqual(["one", "one"]);
  });

  it("stays free after a failure", async () => {
    const headers = keyed();
    answerWith = () => Promise.reject(new AppError("conflict", "Not now."));
    expect((await callRoute(makeThing, { token, body: body(), headers })).status).toBe(409);
    answerWith = () => Promise.resolve(undefined);
    expect((await callRoute(makeThing, { token, body: body(), headers })).status).toBe(201);
  });

  it("is forgotten after 24 hours, and taken over from a process that died", async () => {
    const headers = keyed();
    const age = (interval: string, status: string) =>
      asOwner((client) =>
        client.query(
          `UPDATE idempotency_key SET created_at = now() - $1::interval, status = ${status} WHERE key = $2`,
          [interval, headers["idempotency-key"]],
        ),
      );
    await callRoute(makeThing, { token, body: body(), headers });
    await age("25 hours", "201");
    expect(
      (await callRoute(makeThing, { token, body: { ...body(), names: ["later"] }, headers })).status,
    ).toBe(201);

    await age("1 minute", "NULL");
    expect(
      (await callRoute(makeThing, { token, body: { ...body(), names: ["later"] }, headers })).status,
    ).toBe(409);
    await age("6 minutes", "NULL");
    expect(
      (await callRoute(makeThing, { token, body: { ...body(), names: ["later"] }, headers })).status,
    ).toBe(201);
  });

  it("never keeps an answer that holds a secret", async () => {
    const headers = keyed();
    const first = await callRoute(makeSecret, { token, headers, path: "/secrets" });
    const again = await callRoute(makeSecret, { token, headers, path: "/secrets" });

    expect(first.json).toEqual({ secret: "canary-1" });
    expect(again.status).toBe(409);
    expect(again.json?.["detail"]).toContain("shown once");
    const kept = await asOwner((client) =>
      client.query("SELECT idempotency_key::text AS row FROM idempotency_key"),
    );
    expect(JSON.stringify(kept.rows)).not.toContain("canary");
  });
});
