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
      csv: { delimiter: String.raw`\t`, valueColumns: [2, 3] },
    });
  });

  it.runIf(existsSync(DEFAULTS))("that MISP ships are all read and make feeds", () => {
    const read = readDefinitions(readFileSync(DEFAULTS, "utf8"));
    const made = read.flatMap((one) => (one.ok ? [feedCreateSchema.parse({ team: "a", ...one.feed })] : []));

    expect(made).toHaveLength(84);
    expect(made.filter(({ enabled }) => enabled)).toHaveLength(59);
  });
});
