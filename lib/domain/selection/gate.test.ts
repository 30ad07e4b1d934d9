import { describe, expect, it } from "vitest";

import { gateSchema } from "@/lib/domain/connector/gate-input";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { passGate, type Blast } from "./gate";

const now = new Date("2026-11-24T10:20:00Z");
const gate = gateSchema.parse({ maxPrevalence: 50, nearAllowlist: true, otherTeams: true });
const blast = (other: Partial<Blast> = {}): Blast => ({
  devices: 0,
  wantedAt: null,
  isUntold: false,
  missingPermission: null,
  dispute: null,
  isLetThrough: false,
  isTakenBack: false,
  standingAction: null,
  ...other,
});
type Asked = Parameters<typeof passGate>[1];
const pass = (facts: Partial<Blast> = {}, asked: Partial<Asked> = {}, settings: object = {}) =>
  passGate(
    { ...gate, ...settings },
    {
      ...{ type: "domain", value: "bad.example.com", action: "Block", blast: blast(facts) },
      findNear: () => null,
      ...asked,
    },
    now,
  );

describe("a gate before something is blocked", () => {
  it("lets pass what as many devices saw as are allowed, and keeps in what more did", () => {
    expect(pass({ devices: 50 })).toBeNull();
    expect(pass({ devices: 1204 })).toEqual({
      code: "too-prevalent",
      reason:
        "Seen on 1,204 devices in the last 30 days. More than 50 are not blocked without a person’s word.",
      isWatched: false,
    });
  });

  it.each<[string, Partial<Blast>, Partial<Asked>, string]>([
    ["what another team disputes", { dispute: "Another team withdrew it." }, {}, "disputed"],
    ["what is close to an allowlist", {}, { findNear: () => "Close." }, "near-allowlist"],
    ["what nobody was told of yet", { devices: null }, {}, "waits-for-prevalence"],
  ])("keeps in %s", (_what, facts, asked, code) => {
    expect(pass(facts, asked)).toMatchObject({ code, isWatched: false });
  });

  it.each<[string, Partial<Blast>, Partial<Asked>]>([
    ["is only to be watched", { devices: 1204, dispute: "No." }, { action: "Audit" }],
    ["a person let through", { devices: 1204, dispute: "No.", isLetThrough: true }, { findNear: () => "x" }],
    ["is blocked already", { devices: 1204, dispute: "No.", standingAction: "Block" }, {}],
    ["Defender keeps no figure of", { devices: null }, { type: "md5", value: "ab".repeat(16) }],
    [
      "is a longer URL, whose host may be everybody's",
      { devices: 1204 },
      { type: "url", value: "https://shared.example.com/x" },
    ],
  ])("lets pass what %s", (_what, facts, asked) => {
    expect(pass(facts, asked)).toBeNull();
  });

  it("judges what is blocked once more where somebody took back that it was let through", () => {
    expect(pass({ devices: 1204, standingAction: "Block", isTakenBack: true })).toMatchObject({
      code: "too-prevalent",
    });
  });

  it.each<[string, Partial<Blast>, string]>([
    ["a day went by", { wantedAt: new Date("2026-11-23T10:20:00Z") }, "within 24 hours"],
    ["Defender does not tell", { isUntold: true }, "does not tell"],
    ["a permission is missing", { missingPermission: "URL.Read.All" }, "the application lacks URL.Read.All"],
  ])("goes by what is said for the unknown once %s", (_what, facts, why) => {
    const waits = pass({ devices: null, ...facts });
    expect(waits).toMatchObject({ code: "waits-for-prevalence", isWatched: false });
    expect(waits?.reason).toContain(why);
    expect(waits?.reason).toContain("until a person lets it through");
    expect(pass({ devices: null, ...facts }, {}, { whenUnknown: "audit" })).toMatchObject({
      code: "waits-for-prevalence",
      isWatched: true,
    });
  });

  it("waits a day, whatever is said for the unknown", () => {
    const facts = { devices: null, wantedAt: new Date("2026-11-24T10:00:00Z") };
    expect(pass(facts, {}, { whenUnknown: "audit" })).toMatchObject({ isWatched: false });
  });

  it("asks only what it is set to", () => {
    const settings = { maxPrevalence: null, nearAllowlist: false, otherTeams: false };
    const type: IndicatorType = "domain";
    expect(pass({ devices: 9_999, dispute: "No." }, { type, findNear: () => "x" }, settings)).toBeNull();
  });

  it("has to be set to something", () => {
    expect(gateSchema.safeParse({}).success).toBe(false);
  });
});
