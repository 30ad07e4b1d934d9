import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { feedCreateSchema } from "@/lib/domain/feed/feed";

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
    expect(notes).toEqual(["“Auto publish” is here a connector's mode: automatic or review."]);
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
    const feed = feedCreateSchema.parse({ team: "a", kind: "freetext", name: "List", url });

    expect(toDefinition(feed)?.Feed.url).toBe("https://example.com/list?format=csv&apikey=&auth_token=");
  });

  it("come back with what MISP has no place for", () => {
    const feed = feedCreateSchema.parse({
      ...{ team: "a", kind: "csv", name: "List", url: "https://example.com/list", removal: "expire" },
      tags: ["one", "two"],
      csv: { header: true, valueColumns: ["value"], columns: { comment: "note" }, encoding: "utf-16le" },
    });
    const back = readOne(JSON.stringify([toDefinition(feed)])).feed;

    expect(feedCreateSchema.parse({ team: "a", ...back })).toMatchObject({
      ...{ removal: "expire", tags: ["one", "two"], csv: feed.csv },
    });
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
    const feed = feedCreateSchema.parse({
      team: "a",
      kind: "csv",
      name: "List",
      url: "https://example.com/list",
      visibility: "everyone",
      storeOnly: true,
      tags: ["one"],
      exclusionRegex: "^x",
      csv: { delimiter: "\t", valueColumns: [2, 3] },
      headers: { "X-Key": "canary" },
    });
    const json = JSON.stringify([toDefinition(feed)]);

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
    expect(JSON.parse(toDefinition(feed)?.Feed.settings ?? "")).toMatchObject({
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
