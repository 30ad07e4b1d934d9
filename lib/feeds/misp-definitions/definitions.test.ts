import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { feedCreateSchema } from "@/lib/domain/feed/feed";

import type { ExportedFeed } from "./exported-feed";
import { readDefinitions } from "./read";
import { toDefinition } from "./write";

const DEFAULTS = join(import.meta.dirname, "../../../../shared/feeds/misp-defaults/defaults.json");

const definition = (feed: Record<string, unknown>, tag?: string) =>
  JSON.stringify([
    {
      Feed: { name: "List", url: "https://example.com/list", source_format: "csv", ...feed },
      ...(tag && { Tag: { name: tag } }),
    },
  ]);
const readOne = (json: string) => {
  const [read] = readDefinitions(json);
  if (!read?.ok) throw new Error(read?.reason ?? "nothing was read");
  return read;
};

/** A saved feed, as its team would export it. */
const saved = (settings: Record<string, unknown>): ExportedFeed => {
  const { headers, auth, ...feed } = feedCreateSchema.parse({
    team: "a",
    name: "List",
    url: "https://example.com/list",
    ...settings,
  });
  return { ...feed, headerNames: Object.keys(headers), authType: auth.type };
};
const makeAnew = (definition: unknown) =>
  feedCreateSchema.parse({ team: "a", ...readOne(JSON.stringify([definition])).feed });

describe("definitions of feeds", () => {
  it("are read field by field", () => {
    const { feed, notes } = readOne(
      definition(
        {
          provider: "abuse.ch",
          enabled: true,
          distribution: "3",
          lookup_visible: true,
          delta_merge: "1",
          override_ids: 1,
          publish: true,
          settings: JSON.stringify({
            csv: { value: "3,4", delimiter: ";" },
            common: { excluderegex: "/^#.*/i" },
          }),
          headers: "Referer: https://x.example/y\r\nAuthorization: Basic dXNlcjpwYTpzcw==\nUser-Agent: MISP",
        },
        'osint:source-type="block-or-filter-list"',
      ),
    );

    expect(feed).toEqual({
      kind: "csv",
      name: "List",
      provider: "abuse.ch",
      url: "https://example.com/list",
      enabled: true,
      visibility: "everyone",
      removal: "mirror",
      storeOnly: true,
      tags: ['osint:source-type="block-or-filter-list"'],
      exclusionRegex: "/^#.*/i",
      csv: { delimiter: ";", valueColumns: [3, 4] },
      headers: { Referer: "https://x.example/y" },
      auth: { type: "basic", username: "user", password: "pa:ss" },
    });
    expect(notes).toEqual([
      "“Auto publish” is here a connector's mode: automatic or review.",
      "Other teams may subscribe to it, since its distribution in MISP is “All communities”. “Share no more” on its page ends that.",
    ]);
  });

  it.each([
    ["only the team's, as in MISP", { distribution: "0", lookup_visible: true }],
    ["hidden in MISP from others", { distribution: "3", lookup_visible: false }],
  ])("say nothing of sharing when they are %s", (_name, feed) => {
    expect(readOne(definition(feed))).toMatchObject({ feed: { visibility: "team" }, notes: [] });
  });

  it("of our own are shared as they were, without a word of MISP", () => {
    const back = readOne(
      JSON.stringify([toDefinition(saved({ kind: "csv", visibility: "everyone" }), "misp")]),
    );

    expect(back).toMatchObject({ feed: { visibility: "everyone" }, notes: [] });
  });

  it.each([
    ["tlp:green", { tlp: "green", tags: [] }],
    ["TLP:WHITE", { tlp: "clear", tags: [] }],
    ["tlp:amber+strict", { tlp: "amber+strict", tags: [] }],
    ["tlp:ex:chr", { tags: ["tlp:ex:chr"] }],
    ["green", { tags: ["green"] }],
  ])("take their marking from the tag, which else stays one: %s", (tag, expected) => {
    const { tlp, tags } = readOne(definition({}, tag)).feed;

    expect({ tlp, tags }).toEqual(expected);
  });

  it("carry a marking that was chosen as MISP's one tag, before what only describes", () => {
    const tagOf = (settings: Record<string, unknown>) =>
      toDefinition(saved({ kind: "csv", ...settings }), "misp")?.Tag?.name;

    expect(tagOf({ tags: ["one"], tlp: "amber+strict" })).toBe("tlp:amber+strict");
    expect(tagOf({ tags: ["one"] })).toBe("one");
    expect(tagOf({})).toBeUndefined();
  });

  it("are read through JSON in JSON in JSON", () => {
    const inner = JSON.stringify({ csv: { value: "2" } });

    expect(readOne(definition({ settings: JSON.stringify(inner) })).feed).toMatchObject({
      csv: { valueColumns: [2] },
    });
  });

  it("carry MISP's filter rules", () => {
    const rules = JSON.stringify({
      tags: { OR: ["tlp:white"], NOT: ["x"] },
      orgs: { OR: [], NOT: ["CIRCL"] },
      url_params: JSON.stringify({ timestamp: "36h" }),
    });

    expect(readOne(definition({ source_format: "misp", rules })).feed).toMatchObject({
      kind: "misp-feed",
      misp: {
        tags: { allow: ["tlp:white"], block: ["x"] },
        orgs: { allow: [], block: ["CIRCL"] },
        maxAgeDays: 2,
      },
    });
  });

  it("say what of them is not needed, or is left out", () => {
    const given = {
      caching_enabled: true,
      fixed_event: true,
      event_id: "7",
      orgc_id: "3",
      tag_collection_id: "2",
    };
    const rules = JSON.stringify({
      type_attributes: { OR: [], NOT: ["comment"] },
      type_objects: { OR: [], NOT: ["file"] },
    });
    const { feed, notes } = readOne(
      definition({ ...given, source_format: "misp", disable_correlation: true, rules }),
    );

    expect(notes.map((note) => note.split(/[ ,:]/).slice(0, 3).join(" "))).toEqual([
      "Caching is not",
      "A target event",
      "The organisation it",
      "Its tag collection",
      "“Disable correlation” has",
      "Its filter by",
    ]);
    expect(feed).toMatchObject({ misp: { types: { allow: [], block: ["comment"] } } });
  });

  it("leave the keys in an address behind", () => {
    const url = "https://example.com/list?format=csv&apikey=canary-one&auth_token=canary-two";
    const feed = saved({ kind: "freetext", url });

    expect(toDefinition(feed, "misp")?.Feed.url).toBe(
      "https://example.com/list?format=csv&apikey=&auth_token=",
    );
  });

  const POLICIES = {
    cron: "7 3 * * *",
    timeZone: "Europe/Berlin",
    zipEntry: "list*.csv",
    exclusionRegex: "^https://intranet",
    removal: "expire",
    graceRuns: 3,
    expiryDays: 14,
    expiryDaysByType: { ipv4: 7 },
    expireFrom: "firstSeen",
    limits: { maxRows: 5, maxMegabytes: 6, maxMinutes: 7 },
    guards: { growthFactor: 0, typeMix: false },
    tls: { caPem: "-----BEGIN CERTIFICATE-----", isInsecure: true },
    storeOnly: true,
    staleAfterMinutes: 90,
    confidence: 81,
    tlp: "green",
    tags: ['misp-galaxy:threat-actor="A, B"', "two"],
    shrinkLimitPercent: 33,
    visibility: "everyone",
  };

  it.each([
    [
      "csv",
      { header: true, valueColumns: ["value"], columns: { comment: "note" }, encoding: "utf-16le" },
      "csv",
    ],
    ["freetext", { commentPrefixes: ["//"], encoding: "windows-1252" }, "csv"],
    ["misp-feed", { publishedOnly: true, toIdsOnly: false, categories: { block: ["Other"] } }, "misp"],
    ["json", { list: "data", value: "ioc", fields: { tags: "labels" } }, "json"],
    ["taxii", { collection: "One", minConfidence: 60 }, "taxii"],
    ["misp-server", { maxAgeDays: 30, filters: { threatlevel: 1 }, orgs: { allow: ["CIRCL"] } }, "misp"],
  ])("of the kind %s bring every setting back to Sluice", (kind, reading, place) => {
    const feed = saved({ kind, ...POLICIES, [place]: reading });
    const { headerNames, authType, ...settings } = feed;

    expect(makeAnew(toDefinition(feed, "sluice"))).toEqual({
      ...settings,
      headers: {},
      auth: { type: "none" },
    });
  });

  it("are none for MISP of a kind that it would take for free text", () => {
    const kinds = ["csv", "freetext", "misp-feed", "json", "taxii", "misp-server"];

    expect(kinds.filter((kind) => toDefinition(saved({ kind }), "misp") !== null)).toEqual([
      "csv",
      "freetext",
      "misp-feed",
    ]);
  });

  it("are such that MISP takes them: a provider, a pattern between delimiters", () => {
    const { Feed } = toDefinition(saved({ kind: "csv", exclusionRegex: "^a/b" }), "misp") ?? {};
    const given = toDefinition(saved({ kind: "csv", exclusionRegex: "#^a/b#i" }), "misp");

    expect(Feed?.provider).toBe("unknown");
    expect(JSON.parse(Feed?.settings ?? "")).toMatchObject({ common: { excluderegex: String.raw`/^a\/b/` } });
    expect(JSON.parse(given?.Feed.settings ?? "")).toMatchObject({ common: { excluderegex: "#^a/b#i" } });
  });

  it("come paused and name the secrets that stayed behind", () => {
    const url = "https://example.com/list?apikey=canary";
    const feed = saved({
      kind: "csv",
      url,
      headers: { "X-Key": "canary" },
      auth: { type: "bearer", token: "canary" },
    });
    const { feed: back, notes } = readOne(JSON.stringify([toDefinition(feed, "misp")]));

    expect(back).toMatchObject({ enabled: false });
    expect(notes).toEqual([
      "Give anew what does not travel with it: the sign-in, the header “X-Key”, “apikey” in the address. Until then it is paused.",
    ]);
  });

  it("say that a feed would trust any certificate", () => {
    const feed = saved({ kind: "csv", tls: { isInsecure: true } });

    expect(readOne(JSON.stringify([toDefinition(feed, "misp")])).notes).toEqual([
      "It trusts any certificate of its server.",
    ]);
  });

  it("of strangers cannot bring in what makes no feed", () => {
    const settings = JSON.stringify({ sluice: { removal: "never", csv: { delimiter: 7 } } });

    expect(feedCreateSchema.safeParse({ team: "a", ...readOne(definition({ settings })).feed }).success).toBe(
      false,
    );
  });

  it.each([
    ["a path on the server", definition({ input_source: "local" }), "Upload the file here instead"],
    ["an unknown format", definition({ source_format: "stix" }), "is not known"],
    ["something else", '[{"a":1}]', "no feed definition"],
  ])("say why %s is not taken", (_name, json, reason) => {
    expect(readDefinitions(json)).toMatchObject([
      { ok: false, reason: expect.stringContaining(reason) as string },
    ]);
  });

  it("come back as they went, without secrets", () => {
    const feed = saved({
      kind: "csv",
      visibility: "everyone",
      storeOnly: true,
      tags: ["one"],
      exclusionRegex: "^x",
      csv: { delimiter: "\t", valueColumns: [2, 3] },
      headers: { "X-Key": "canary" },
    });
    const json = JSON.stringify([toDefinition(feed, "misp")]);

    expect(json).not.toContain("canary");
    expect(readOne(json).feed).toMatchObject({
      kind: "csv",
      url: "https://example.com/list",
      visibility: "everyone",
      removal: "mirror",
      storeOnly: true,
      tags: ["one"],
      exclusionRegex: "^x",
      csv: { delimiter: "\t", valueColumns: [2, 3] },
    });
    // As MISP itself writes and reads it.
    expect(JSON.parse(toDefinition(feed, "misp")?.Feed.settings ?? "")).toMatchObject({
      csv: { value: "2,3", delimiter: String.raw`\t` },
    });
  });

  it.runIf(existsSync(DEFAULTS))("that MISP ships are all read and make feeds", () => {
    const read = readDefinitions(readFileSync(DEFAULTS, "utf8"));
    const made = read.flatMap((one) => (one.ok ? [feedCreateSchema.parse({ team: "a", ...one.feed })] : []));

    expect(made).toHaveLength(84);
    expect(made.filter(({ enabled }) => enabled)).toHaveLength(59);
  });
});
