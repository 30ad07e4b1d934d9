import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { createFeed } from "./create-feed";
import { exportFeeds } from "./export-feeds";
import type { FeedView } from "./feed-view";
import { getFeed } from "./get-feed";
import { importFeeds } from "./import-feeds";
import { uploadFile } from "./upload-file";

useTestDatabase();

type Desk = { team: TestTeam; actor: Actor };
const openDesk = async (): Promise<Desk> => {
  const team = await makeTeam();
  return { team, actor: await makeActor([[team, "owner"]]) };
};

let from: Desk;
let to: Desk;
beforeAll(async () => {
  [from, to] = [await openDesk(), await openDesk()];
});

const add = ({ team, actor }: Desk, settings: Record<string, unknown>): Promise<FeedView> =>
  createFeed(actor, team.id, feedCreateSchema.parse({ team: team.slug, ...settings }));
const take = ({ team, actor }: Desk, definitions: unknown, keepsEnabled = false) =>
  importFeeds(actor, team, { json: JSON.stringify(definitions), keepsEnabled });
const definition = (name: string, feed: object = {}) => ({
  Feed: { name, provider: "P", url: `https://example.com/${name}`, source_format: "freetext", ...feed },
});

/** What is the same of two feeds that are set alike. */
const settingsOf = (feed: FeedView) => {
  const { id, teamId, team, teamName, createdAt, nextRunAt, liveGeneration, enabled, ...settings } = feed;
  return settings;
};

const POLICIES = {
  cron: "7 3 * * *",
  timeZone: "Europe/Berlin",
  exclusionRegex: "^https://intranet",
  removal: "expire",
  graceRuns: 3,
  expiryDays: 14,
  expiryDaysByType: { ipv4: 7 },
  expireFrom: "firstSeen",
  limits: { maxRows: 5, maxMegabytes: 6, maxMinutes: 7 },
  guards: { growthFactor: 0, typeMix: true },
  storeOnly: true,
  staleAfterMinutes: 90,
  confidence: 81,
  tlp: "green",
  tags: ['misp-galaxy:threat-actor="A, B"', "two"],
  shrinkLimitPercent: 33,
  visibility: "everyone",
};
const LISTS = [
  { kind: "csv", csv: { header: true, valueColumns: ["ioc"], columns: { tlp: 4 }, delimiter: ";" } },
  { kind: "freetext", csv: { commentPrefixes: ["//"] } },
  { kind: "misp-feed", misp: { tags: { allow: ["tlp:clear"] }, maxAgeDays: 30 } },
  { kind: "json", json: { list: "data", value: "ioc" } },
  { kind: "taxii", taxii: { collection: "One", minConfidence: 60 } },
  { kind: "misp-server", misp: { filters: { threatlevel: 1 } } },
].map((list) => ({ ...list, name: `A ${list.kind}`, url: `https://example.com/${list.kind}` }));

describe("feeds that go from one team to another", () => {
  it("are set there as they were, and paused until somebody has looked", async () => {
    const given = await Promise.all(LISTS.map((list) => add(from, { ...list, ...POLICIES })));
    const { definitions, leftOut } = await exportFeeds(from.actor, from.team.id, "sluice");

    const taken = await take(to, definitions);

    expect(leftOut).toEqual([]);
    expect(taken.map(({ outcome, notes }) => [outcome, notes])).toEqual(LISTS.map(() => ["added", []]));
    const made = await Promise.all(taken.map(({ id }) => getFeed(to.actor, id ?? "")));
    const byName = (a: FeedView, b: FeedView) => a.name.localeCompare(b.name);
    expect(made.toSorted(byName).map(settingsOf)).toEqual(given.toSorted(byName).map(settingsOf));
    expect(made.map(({ enabled }) => enabled)).toEqual(LISTS.map(() => false));
  });

  it("are told apart by what MISP has a form for, and the rest is named", async () => {
    const desk = await openDesk();
    for (const list of LISTS) await add(desk, list);
    const { previewId } = await uploadFile(desk.team.id, {
      bytes: inOnePiece("45.155.205.1"),
      name: "list.txt",
      contentType: "text/plain",
    });
    await add(desk, { kind: "upload", format: "freetext", name: "A file", previewId });

    const { definitions, leftOut } = await exportFeeds(desk.actor, desk.team.id, "misp");

    expect(definitions.map(({ Feed }) => Feed.source_format)).toEqual(["csv", "freetext", "misp"]);
    const noForm = "MISP's definitions have no form for this kind.";
    expect(leftOut).toEqual([
      { name: "A json", kind: "json", reason: noForm },
      { name: "A taxii", kind: "taxii", reason: noForm },
      { name: "A misp-server", kind: "misp-server", reason: noForm },
      {
        name: "A file",
        kind: "upload",
        reason: "It is made of a file: upload that file where it is wanted.",
      },
    ]);
  });

  it("leave their secrets behind, say which, and wait for them", async () => {
    const desk = await openDesk();
    const canary = `canary-${randomUUID()}`;
    const url = `https://example.com/list?apikey=${canary}`;
    const secrets = { headers: { "X-Key": canary }, auth: { type: "bearer", token: canary } };
    await add(desk, { kind: "csv", name: "Locked", url, ...secrets });

    const file = await exportFeeds(desk.actor, desk.team.id, "misp");
    const other = await openDesk();
    const [taken] = await take(other, file.definitions, true);

    expect(JSON.stringify(file)).not.toContain(canary);
    expect(file.withoutSecrets).toEqual([
      { name: "Locked", secrets: ["the sign-in", "the header “X-Key”", "“apikey” in the address"] },
    ]);
    expect(taken).toMatchObject({
      outcome: "added",
      notes: [expect.stringMatching(/^Give anew .*the sign-in.* Until then it is paused\.$/)],
    });
    const made = await getFeed(other.actor, taken?.id ?? "");
    expect(made).toMatchObject({ enabled: false, authType: "none", headerNames: [] });
  });

  it("stay within what the reader may see", async () => {
    const { definitions } = await exportFeeds(to.actor, from.team.id, "sluice");

    expect(definitions).toEqual([]);
  });
});

describe("a list of definitions", () => {
  it("is taken one by one: a bad one is told and stops no other", async () => {
    const desk = await openDesk();

    const taken = await take(desk, [
      definition("first", { enabled: true }),
      definition("no-address", { url: "not an address" }),
      { nothing: true },
      definition("strange", { source_format: "pdf" }),
      definition("first", { url: "https://example.com/other" }),
      definition("last"),
    ]);

    expect(taken.map(({ name, outcome }) => `${name}: ${outcome}`)).toEqual([
      "first: added",
      "no-address: rejected",
      "Definition 3: rejected",
      "strange: rejected",
      "first: rejected",
      "last: added",
    ]);
    expect(taken.map(({ reason }) => reason)).toEqual([
      null,
      expect.stringContaining("Give an http or https address."),
      expect.stringContaining("no feed definition"),
      expect.stringContaining("“pdf” is not known"),
      expect.stringContaining("already has a feed named “first”"),
      null,
    ]);
  });

  it("adds no address twice, whether the team has it or the list repeats it", async () => {
    const desk = await openDesk();
    await add(desk, { kind: "freetext", name: "Ours", url: "https://example.com/ours" });

    const taken = await take(desk, [definition("ours"), definition("new"), { ...definition("new") }]);

    expect(taken.map(({ outcome }) => outcome)).toEqual(["skipped", "added", "skipped"]);
    expect(taken[0]?.reason).toBe("The team has a feed with this address.");
    const names = await asTeam(desk.team.id, (tx) =>
      tx.feed.findMany({ where: { teamId: desk.team.id, kind: "freetext" }, select: { name: true } }),
    );
    expect(names.map(({ name }) => name).toSorted()).toEqual(["Ours", "new"]);
  });

  it("says that other teams may subscribe, of what was added alone", async () => {
    const desk = await openDesk();
    const shared = { distribution: "3", lookup_visible: true };

    const taken = await take(desk, [definition("shared", shared), definition("shared", shared)]);

    expect(taken).toMatchObject([
      { outcome: "added", notes: [expect.stringMatching(/^Other teams may subscribe.*All communities/)] },
      { outcome: "skipped", notes: [] },
    ]);
    expect(await getFeed(desk.actor, taken[0]?.id ?? "")).toMatchObject({ visibility: "everyone" });
  });

  it("brings what was enabled there paused, unless it is asked to go on", async () => {
    const enabledOf = async (keepsEnabled: boolean) => {
      const desk = await openDesk();
      const definitions = [definition("on", { enabled: true }), definition("off", { enabled: false })];
      const taken = await take(desk, definitions, keepsEnabled);
      const made = await Promise.all(taken.map(({ id }) => getFeed(desk.actor, id ?? "")));
      return made.map(({ enabled }) => enabled);
    };

    expect(await enabledOf(false)).toEqual([false, false]);
    expect(await enabledOf(true)).toEqual([true, false]);
  });

  it.each([
    ["no JSON", "[{", /no JSON/],
    ["more than are taken at once", JSON.stringify(Array.from({ length: 501 }, () => ({}))), /at most 500/],
  ])("is refused whole when it is %s", async (_name, json, message) => {
    await expect(importFeeds(to.actor, to.team, { json, keepsEnabled: false })).rejects.toThrow(message);
  });
});

async function* inOnePiece(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
