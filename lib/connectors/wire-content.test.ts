import { describe, expect, it } from "vitest";

import type { OutgoingRecord } from "./contract";
import { outgoing } from "./testing/records";
import { wireContent } from "./wire-content";

const record = outgoing(1, { description: "x".repeat(3_000), generateAlert: true, deviceGroups: ["A", "B"] });
const after = (ms: number) => new Date(record.modifiedAt.getTime() + ms);

/** What may change of a record, and whether each destination gets to see it. */
const CHANGES: readonly [string, Partial<OutgoingRecord>, { defender: boolean; sentinel: boolean }][] = [
  ["when it is sent", { modifiedAt: after(9) }, { defender: false, sentinel: false }],
  ["a tag", { tags: ["other"] }, { defender: false, sentinel: true }],
  ["its teams", { teams: ["Team A", "Team B"] }, { defender: false, sentinel: true }],
  ["its feeds", { feeds: ["Feed Two"] }, { defender: false, sentinel: true }],
  ["a threat type", { threatTypes: ["botnet"] }, { defender: false, sentinel: true }],
  ["its confidence", { confidence: 20 }, { defender: false, sentinel: true }],
  ["the TLP within one marking", { tlp: "amber+strict" }, { defender: false, sentinel: false }],
  ["the TLP", { tlp: "green" }, { defender: false, sentinel: true }],
  ["the severity", { severity: "High" }, { defender: true, sentinel: false }],
  ["the action", { action: "Block" }, { defender: true, sentinel: false }],
  ["the alert of an Audit", { generateAlert: false }, { defender: false, sentinel: false }],
  ["the order of device groups", { deviceGroups: ["B", "A"] }, { defender: false, sentinel: false }],
  ["a device group", { deviceGroups: ["A"] }, { defender: true, sentinel: false }],
  ["its end", { validUntil: after(99_000_000) }, { defender: true, sentinel: true }],
  ["its title", { title: "Another" }, { defender: true, sentinel: true }],
  [
    "its description behind the cut",
    { description: `${"x".repeat(2_000)}another` },
    { defender: false, sentinel: false },
  ],
  ["its description", { description: "Another" }, { defender: true, sentinel: true }],
  ["its link", { traceUrl: "https://sluice.example/other" }, { defender: false, sentinel: true }],
];

describe.each(["defender", "sentinel"] as const)("what %s gets of a record", (kind) => {
  it.each(CHANGES)("tells %s where it is seen", (_what, change, isSeen) => {
    const before = wireContent(kind, record);
    expect(wireContent(kind, { ...record, ...change }) !== before).toBe(isSeen[kind]);
  });
});
