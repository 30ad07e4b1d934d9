import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { buildOpenApi } from "@/lib/api/openapi";
import { makeSessionCookie } from "@/lib/auth/session-cookie";
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

import { POST } from "../../../(console)/t/[team]/feeds/upload/route";
import { createFeedRoute, updateFeedRoute, uploadFeedFileRoute } from "./feeds";
import { previewFeedRoute } from "./previews";

useTestDatabase();

const LIST = "45.155.205.7\nevil.example.com\n";

let team: TestTeam;
let user: TestUser;
let token: string;
beforeAll(async () => {
  team = await makeTeam();
  user = await makeUser();
  await addMember(team, user, "analyst");
  token = await makeToken(user);
});

const uploadedSchema = z.object({ previewId: z.uuid(), bytes: z.number(), name: z.string() });

const send = (query: string, headers: Record<string, string> = {}) =>
  callRoute(uploadFeedFileRoute, {
    token,
    body: LIST,
    path: `/feeds/uploads?${query}`,
    headers: { "content-type": "application/x-anything", ...headers },
  });

describe("an upload through the API", () => {
  it("takes the bytes of a request as they are, for a preview, a feed, and another file for it", async () => {
    const answer = await send(`team=${team.slug}&name=lists%2Ftoday.txt`);
    expect(answer.status).toBe(201);
    const { previewId, ...facts } = uploadedSchema.parse(answer.json);
    expect(facts).toEqual({ bytes: LIST.length, name: "today.txt" });

    const feed = { team: team.slug, kind: "upload", format: "freetext", previewId };
    const preview = await callRoute(previewFeedRoute, { token, body: feed });
    expect(preview.json).toMatchObject({ previewId, counts: { indicators: 2 } });

    const made = await callRoute(createFeedRoute, { token, body: { ...feed, name: "Of a file" } });
    expect(made.status).toBe(201);
    const { id } = z.looseObject({ id: z.uuid() }).parse(made.json);

    const next = uploadedSchema.parse((await send(`team=${team.slug}`)).json);
    const changed = await callRoute(updateFeedRoute, {
      token,
      params: { id },
      body: { previewId: next.previewId },
    });
    expect(changed.status).toBe(200);
  });

  it("is kept from other teams, unknown parameters and files that are too large", async () => {
    const other = await makeTeam();
    expect((await send(`team=${other.slug}`)).status).toBe(404);
    expect((await send(`team=${team.slug}&kind=csv`)).status).toBe(400);
    expect((await send("name=x")).status).toBe(400);
    expect((await send(`team=${team.slug}`, { "content-length": String(2 ** 40) })).status).toBe(413);
    expect((await send(`team=${team.slug}`, { "content-length": "9999" })).status).toBe(400);
  });

  it("stands in the OpenAPI document as bytes of any type", () => {
    const operation = z
      .object({ paths: z.object({ "/feeds/uploads": z.object({ post: z.looseObject({}) }) }) })
      .parse(buildOpenApi([uploadFeedFileRoute.definition])).paths["/feeds/uploads"].post;

    expect(operation).toMatchObject({
      requestBody: { required: true, content: { "*/*": {} } },
      parameters: [
        { in: "query", name: "team", required: true },
        { in: "query", name: "name", required: false },
      ],
    });
  });
});

describe("an upload by the console's form", () => {
  const sendForm = async (headers: Record<string, string>, slug = team.slug) => {
    const cookie = await makeSessionCookie(await makeSession(user));
    const request = new Request(`${TEST_ORIGIN}/t/${slug}/feeds/upload?name=a.csv`, {
      method: "POST",
      body: LIST,
      headers: { cookie: `${cookie.name}=${cookie.value}`, ...headers },
    });
    return POST(request, { params: Promise.resolve({ team: slug }) });
  };

  it("is taken from a page of ours", async () => {
    const response = await sendForm({ origin: TEST_ORIGIN, "sec-fetch-site": "same-origin" });

    expect(response.status).toBe(201);
    expect(uploadedSchema.parse(await response.json())).toMatchObject({ bytes: LIST.length, name: "a.csv" });
  });

  it.each([
    ["another site's page", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, 403],
    ["a form that names no origin", {}, 403],
  ])("is not taken from %s", async (_what, headers, status) => {
    expect((await sendForm(headers)).status).toBe(status);
  });

  it("is not taken for another team", async () => {
    const other = await makeTeam();

    expect((await sendForm({ origin: TEST_ORIGIN }, other.slug)).status).toBe(404);
  });
});
