import { describe, expect, it } from "vitest";

import { jsonSettingsSchema } from "@/lib/domain/feed/json-settings";

import { parseBeginning } from "./beginning";
import { detectJson } from "./detect";

const items = (count: number, make: (index: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, index) => make(index));
const host = (index: number): string => `host${String(index)}.example.com`;

describe("detectJson", () => {
  it("finds the list, the value and its fields by their names and contents", () => {
    const sample = JSON.stringify({
      status: "ok",
      links: ["https://vendor.example.com/next", "https://vendor.example.com/last"],
      data: {
        total: 3,
        results: items(3, (index) => ({
          id: 17 + index,
          ioc_value: host(index),
          ioc_type: "domain",
          "threat-type": "botnet_cc",
          confidence_level: 75,
          first_seen: "2026-11-20 10:00:00",
          last_seen: "2026-11-24 10:00:00",
          tags: ["emotet", "epoch4"],
          reporter: { name: "somebody" },
          reference: "https://vendor.example.com/report",
        })),
      },
    });

    const { found, ...settings } = detectJson(sample) ?? { found: [] };

    expect(settings).toMatchObject({
      isLines: false,
      list: "data.results",
      value: "ioc_value",
      fields: {
        type: "ioc_type",
        threatType: '"threat-type"',
        confidence: "confidence_level",
        firstSeen: "first_seen",
        lastSeen: "last_seen",
        tags: "tags",
      },
    });
    expect(found).toContainEqual({ path: "reporter.name", sample: "somebody" });
    expect(jsonSettingsSchema.safeParse(settings).error).toBeUndefined();
  });

  it.each([
    ["a bare list", JSON.stringify(items(5, host)), { list: "@", value: "@" }],
    [
      "a list of objects",
      JSON.stringify(items(5, (index) => ({ ip: `192.0.2.${String(index)}` }))),
      { list: "@", value: "ip" },
    ],
    [
      "lists by id, as abuse.ch exports them",
      JSON.stringify({ "1": [{ ioc: host(1) }], "2": [{ ioc: host(2) }] }),
      { list: "*[]", value: "ioc" },
    ],
    [
      "objects by id",
      JSON.stringify({ data: { a1: { host: host(1) }, b2: { host: host(2) } } }),
      { list: "data.*", value: "host" },
    ],
    [
      "values as names",
      JSON.stringify({ "192.0.2.1": { n: 1 }, "192.0.2.2": { n: 2 } }),
      { list: "keys(@)", value: "@" },
    ],
    [
      "lists inside a list",
      JSON.stringify({
        response: items(3, (index) => ({
          Event: {
            info: "x",
            Attribute: [
              { value: host(index), type: "domain" },
              { value: host(index + 10), type: "domain" },
            ],
          },
        })),
      }),
      { list: "response[].Event.Attribute[]", value: "value", fields: { type: "type" } },
    ],
    ["one object", JSON.stringify({ blocked: host(1) }), { list: "@", value: "blocked" }],
  ])("finds %s", (_case, sample, expected) => {
    expect(detectJson(sample)).toMatchObject({ isLines: false, ...expected });
  });

  it("takes the hashes of one file together", () => {
    const sample = JSON.stringify(
      items(4, (index) => ({ md5: String(index).repeat(32), sha1: String(index).repeat(40) })),
    );

    expect(detectJson(sample)).toMatchObject({ value: "[md5, sha1]" });
  });

  it("sees a document on each line, also when the sample ends in the middle of one", () => {
    const lines = items(20, (index) => JSON.stringify({ domain: host(index), score: 50 })).join("\n");

    for (const sample of [lines, lines.slice(0, -7)])
      expect(detectJson(sample)).toMatchObject({ isLines: true, list: "@", value: "domain" });
  });

  it("does with the part of a long document that has come", () => {
    const sample = JSON.stringify(
      { data: items(100, (index) => ({ ioc: host(index), tags: ["x"] })) },
      null,
      2,
    );

    for (const length of [400, 801, 1_203, 2_222])
      expect(detectJson(sample.slice(0, length))).toMatchObject({ list: "data", value: "ioc" });
  });

  it.each(["", "<html>", "evil.example.com\nworse.example.com", "{"])("sees no list in %j", (sample) => {
    const found = detectJson(sample);

    expect(found?.found ?? []).toEqual([]);
  });
});

it("closes the brackets of a document at every place where it may be cut", () => {
  const whole = JSON.stringify({ a: [1, { b: 'x"]\\' }, "y"], c: { d: null } });

  for (let length = 1; length <= whole.length; length++)
    expect(parseBeginning(whole.slice(0, length))).toBeTypeOf("object");
});
