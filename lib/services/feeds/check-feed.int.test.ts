import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema, feedPreviewSchema } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { checkFeed, checkFeedChange, checkSavedFeed } from "./check-feed";
import { createFeed } from "./create-feed";
import { getFeed } from "./get-feed";
import { previewSavedFeed } from "./preview-saved-feed";

useTestDatabase();
let sandbox: Sandbox;
let team: TestTeam;
let actor: Actor;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  team = await makeTeam();
  actor = await makeActor([[team, "analyst"]]);
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  await sandbox.close();
});

const KEY = "SluiceSandboxMispKey0123456789abcdefghij";
const inputOf = (kind: string, path: string, more: object = {}) =>
  feedPreviewSchema.parse({ team: team.slug, kind, url: `${sandbox.url}${path}`, ...more });
const misp = (key: string) => inputOf("misp-server", "/feeds/misp-server", { auth: { type: "misp", key } });

describe("the connection test of a feed", () => {
  it("names each check of a MISP server, and whose key it is", async () => {
    const { ok, checks } = await checkFeed(misp(KEY));

    expect(ok).toBe(true);
    expect(checks.map(({ name }) => name)).toEqual(["Server", "Key", "Attributes"]);
    expect(JSON.stringify(checks)).not.toContain(KEY);
  });

  it("stops at the first check that fails, and says what to do", async () => {
    const { ok, checks } = await checkFeed(misp("x".repeat(40)));

    expect(ok).toBe(false);
    expect(checks.filter((check) => !check.ok)).toEqual([checks.at(-1)]);
    expect(checks.at(-1)?.fix).toMatch(/key/i);
  });

  it("tells of a list that data come, and how many fit a look", async () => {
    const { ok, checks } = await checkFeed(inputOf("csv", "/feeds/covid19.csv"));

    expect(ok).toBe(true);
    expect(checks.map(({ name }) => name)).toEqual(["Answer"]);
    expect(checks[0]?.detail).toMatch(/^HTTP 200, text\/csv/);
  });

  it.each([
    ["a web page", "/feeds/faults/html", /web page/],
    ["nothing", "/feeds/faults/empty", /no data/],
    ["an error", "/feeds/faults/500", /500/],
    ["a demand for a password", "/feeds/faults/basic-auth", /401|user name|password/],
  ])("tells of a list that %s comes", async (_what, path, message) => {
    const { ok, checks } = await checkFeed(inputOf("csv", path));

    expect(ok).toBe(false);
    expect(checks[0]?.detail).toMatch(message);
  });

  it("signs in to a saved feed as it is stored, at its own host alone", async () => {
    const { id } = await createFeed(actor, team.id, feedCreateSchema.parse({ ...misp(KEY), name: "Ours" }));
    const feed = await getFeed(actor, id);

    expect(await checkFeedChange(feed, {})).toMatchObject({ ok: true });
    const elsewhere = feed.url?.replace("127.0.0.1", "localhost");
    await expect(checkFeedChange(feed, { url: elsewhere })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it.each(["slow", "drip"])("says so when a source takes too long: %s", async (fault) => {
    const { ok, checks } = await checkFeed(inputOf("csv", `/feeds/faults/${fault}`), 300);

    expect(ok).toBe(false);
    expect(checks[0]?.detail).toMatch(/took longer than/);
  });

  it("reads no answer to a stored sign-in as another kind", async () => {
    const { id } = await createFeed(actor, team.id, feedCreateSchema.parse({ ...misp(KEY), name: "Kept" }));
    const asText = inputOf("freetext", "/feeds/misp-server/users/view/me");

    await expect(checkSavedFeed({ id, teamId: team.id }, asText)).rejects.toThrow("kind stays");
    await expect(previewSavedFeed({ id, teamId: team.id }, asText)).rejects.toThrow("kind stays");
  });

  it("has nothing to test of an upload", async () => {
    const input = feedPreviewSchema.parse({ team: team.slug, kind: "csv", url: "https://example.com/" });
    await expect(checkFeed({ ...input, kind: "upload", url: null })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });
});
