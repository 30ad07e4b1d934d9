import { describe, expect, it } from "vitest";

import { RATE_LIMITS } from "@/lib/connectors/limits";

import { countOverLimit, PUBLISHED } from "./count-requests";
import type { Received } from "./remote";

const START = Date.parse("2026-11-29T12:00:00Z");
const request = (seconds: number, change: Partial<Received> = {}): Received => ({
  at: new Date(START + seconds * 1_000).toISOString(),
  receivedAt: new Date(START).toISOString(),
  method: "POST",
  path: "/defender/api/indicators/import",
  headers: {},
  status: 200,
  fault: null,
  principal: { clientId: "a" },
  bearer: "a",
  records: [],
  body: null,
  ...change,
});
const many = (count: number, from: number, apart: number, change: Partial<Received> = {}): Received[] =>
  Array.from({ length: count }, (_, index) => request(from + index * apart, change));

describe("requests counted by the journal", () => {
  it.each<[string, Received[], string[]]>([
    ["as many as are published pass", many(30, 0, 1), []],
    ["one more does not", many(31, 0, 1), ["defender.import of a: 31 in a minute"]],
    ["one more a minute later passes", [...many(30, 0, 1), request(60)], []],
    [
      "a stretch across two minutes counts",
      [...many(30, 30, 1), request(89)],
      ["defender.import of a: 31 in a minute"],
    ],
    ["each application has its own", [...many(30, 0, 1), ...many(30, 0, 1, { bearer: "b" })], []],
    [
      "what was turned away counts",
      [...many(30, 0, 1), request(31, { status: 429, principal: null })],
      ["defender.import of a: 31 in a minute"],
    ],
    [
      "so does what was spoilt, and whose token nobody looked at",
      many(31, 0, 1, { status: null, fault: "fault-1", principal: null }),
      ["defender.import of a: 31 in a minute"],
    ],
    [
      "an hour counts, too",
      many(1_501, 0, 2, { method: "GET", path: "/defender/api/indicators" }),
      ["defender.list of a: 1501 in an hour"],
    ],
    [
      "what is asked of a value counts, of whatever type",
      [
        ...many(60, 0, 0.5, { method: "GET", path: "/defender/api/domains/a.example/stats" }),
        ...many(41, 30, 0.5, { method: "GET", path: "/defender/api/files/0a/stats" }),
      ],
      ["defender.statistics of a: 101 in a minute"],
    ],
    [
      "what is read back of a workspace counts",
      many(101, 0, 0.5, {
        path: "/arm/subscriptions/s/resourceGroups/g/providers/Microsoft.SecurityInsights/threatIntelligence/main/query",
      }),
      ["sentinel.query of a: 101 in a minute"],
    ],
    ["other requests are none", many(500, 0, 0.1, { path: "/entra/t/oauth2/v2.0/token" }), []],
  ])("%s", (_name, journal, expected) => {
    expect(countOverLimit(journal)).toEqual(expected);
  });

  it("are judged by tighter rates where a test has them", () => {
    const tight = { ...PUBLISHED, "defender.import": { perMinute: 1, perHour: null } };
    expect(countOverLimit(many(2, 0, 59), tight)).toEqual(["defender.import of a: 2 in a minute"]);
    expect(countOverLimit(many(2, 0, 60), tight)).toEqual([]);
  });

  it("are judged by no more than the product keeps to", () => {
    for (const [operation, { perMinute, perHour }] of Object.entries(RATE_LIMITS))
      expect(PUBLISHED).toHaveProperty([operation], { perMinute, perHour });
  });
});
