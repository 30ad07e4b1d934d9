import { describe, expect, it } from "vitest";

import { findSentAgain } from "./find-sent-again";
import type { Received } from "./remote";

const request = (path: string, body: unknown, change: Partial<Received> = {}): Received => ({
  ...{ at: "2026-11-29T12:00:00Z", receivedAt: "2026-11-29T12:00:00Z", method: "POST", path, headers: {} },
  ...{ status: 200, fault: null, principal: null, bearer: null, records: [], body },
  ...change,
});
const put = (values: readonly string[], change: Partial<Received> = {}, item: object = {}) =>
  request(
    "/defender/api/indicators/import",
    { Indicators: values.map((indicatorValue) => ({ indicatorValue, action: "Audit", ...item })) },
    change,
  );
const take = (ids: readonly string[], change: Partial<Received> = {}) =>
  request("/defender/api/indicators/BatchDelete", { IndicatorIds: ids }, { status: 204, ...change });
const one = (id: string) =>
  request(`/defender/api/indicators/${id}`, null, { method: "DELETE", status: 204 });
const version = (modified: string, validUntil: string, change: Partial<Received> = {}) =>
  request(
    "/sentinel/workspaces/w/threat-intelligence-stix-objects:upload",
    {
      stixobjects: [
        { type: "indicator", id: "indicator--1", modified, valid_until: validUntil, name: "One" },
      ],
    },
    change,
  );
const LOST = { status: null, fault: "fault-1" };
const [NOON, LATER, NEXT_YEAR] = ["2026-11-29T12:00:00Z", "2026-11-29T12:01:00Z", "2027-11-29T12:00:00Z"];

describe("what was sent again although it was answered", () => {
  it.each<[string, Received[], number]>([
    ["a put of what was answered is", [put(["a", "b"]), put(["b"])], 1],
    ["a put of what was not answered is not", [put(["a"], LOST), put(["a"])], 0],
    ["a put of what was refused is not", [put(["a"], { status: 400 }), put(["a"])], 0],
    ["a put of what was deleted in between is not", [put(["a"]), take(["1"]), put(["a"])], 0],
    ["a put of what stands while another is deleted is", [put(["a", "b"]), take(["1"]), put(["b"])], 1],
    [
      "a put of what may have been deleted under an unknown id is not",
      [put(["a", "b"]), take(["9"]), put(["b"])],
      0,
    ],
    [
      "a put that takes turns with another action is",
      [put(["a"]), put(["a"], {}, { action: "Block" }), put(["a"])],
      1,
    ],
    [
      "a put that takes turns with other device groups is",
      [put(["a"]), put(["a"], {}, { rbacGroupNames: ["Servers"] }), put(["a"])],
      1,
    ],
    ["a deletion of what was answered is", [take(["1", "2"]), take(["2"])], 1],
    ["a deletion by itself of what a batch deleted is", [take(["1", "2"]), one("2")], 1],
    [
      "what is refused of it is taken apart",
      [take(["1", "2"]), take(["1", "2"], { status: 404 }), one("1")],
      2,
    ],
    ["a deletion of what was not answered is not", [take(["1"], LOST), take(["1"])], 0],
    ["an end of what was ended is, at whatever time", [version(NOON, NOON), version(LATER, LATER)], 1],
    ["an end of what was not answered is not", [version(NOON, NOON, LOST), version(LATER, LATER)], 0],
    ["a version of what stands is", [version(NOON, NEXT_YEAR), version(LATER, NEXT_YEAR)], 1],
    [
      "a version of what was ended in between is not",
      [version(NOON, NEXT_YEAR), version(NOON, NOON), version(LATER, NEXT_YEAR)],
      0,
    ],
  ])("%s", (_name, journal, count) => {
    expect(
      findSentAgain(
        journal,
        new Map([
          ["1", "a"],
          ["2", "b"],
        ]),
      ),
    ).toHaveLength(count);
  });
});
