import { describe, expect, it } from "vitest";

import { permittedActions } from "@/lib/connectors/unsupported";
import type { AllowlistEffect } from "@/lib/domain/screening/allowlist";
import type { Mark } from "@/lib/domain/screening/mark";

import type { Candidate, Vouching } from "./candidate";
import { decide, type Blocked } from "./decide";
import type { Policy } from "./policy";

const now = new Date("2026-11-24T10:20:00Z");
const FEED = "00000000-0000-7000-8000-000000000001";
const OTHER_FEED = "00000000-0000-7000-8000-000000000002";

const vouching = (other: Partial<Vouching> = {}): Vouching => ({
  feedId: FEED,
  feedName: "Microsoft COVID-19",
  isPublic: false,
  isStoreOnly: false,
  isWithheld: false,
  heldBecause: null,
  confidence: 85,
  tags: [],
  comment: "",
  threatType: "Malware",
  validUntil: null,
  wish: null,
  ...other,
});

const mark = (effect: AllowlistEffect): Mark => ({
  list: "list:1",
  name: "Ours",
  effect,
  reason: "It is ours.",
});

const candidate = (other: Partial<Candidate> = {}): Candidate => ({
  type: "sha256",
  value: "a".repeat(64),
  isActive: true,
  withdrawnBecause: null,
  mark: null,
  tlp: 3,
  validUntil: null,
  isFaded: false,
  vouchings: [vouching()],
  standingUntil: null,
  ...other,
});

const policy = (other: Partial<Policy> = {}): Policy => ({
  kind: "defender",
  action: "Audit",
  severity: "Medium",
  expiryDays: null,
  deviceGroups: [],
  selection: { feeds: null, types: null, minConfidence: 0, maxTlp: "amber" },
  ...other,
});

const run = (
  one: Partial<Candidate> = {},
  rules: Partial<Policy> = {},
  findUnsupported: () => Blocked | null = () => null,
) =>
  decide(candidate(one), {
    policy: policy(rules),
    team: { slug: "team-a", name: "Team A" },
    now,
    findUnsupported,
    permittedActions: (type) => permittedActions(rules.kind ?? "defender", type),
  });

const selection = (other: Partial<Policy["selection"]>): Partial<Policy> => ({
  selection: { feeds: null, types: null, minConfidence: 0, maxTlp: "amber", ...other },
});

describe("decide", () => {
  it("wants what nothing speaks against, with the team's share of the record", () => {
    expect(run()).toEqual({
      isWanted: true,
      share: {
        action: "Audit",
        severity: "Medium",
        expiresAt: new Date("2027-11-24T10:00:00Z"),
        content: {
          team: { slug: "team-a", name: "Team A" },
          tlp: 3,
          confidence: 85,
          feeds: [
            { name: "Microsoft COVID-19", isPublic: false, comment: "", threatType: "Malware", tags: [] },
          ],
        },
      },
    });
  });

  it.each<[string, Partial<Candidate>, Partial<Policy>, string]>([
    ["withdrawn", { withdrawnBecause: "Our own proxy" }, {}, "Our own proxy"],
    ["withdrawn", { withdrawnBecause: "x", isActive: false, mark: mark("stop") }, {}, "A person"],
    ["no-longer-listed", { isActive: false, vouchings: [] }, {}, "No feed"],
    ["allowlisted", { mark: mark("stop") }, {}, "“Ours” keeps it in. It is ours."],
    ["expired", { validUntil: now }, {}, "2026-11-24"],
    ["type-not-selected", {}, selection({ types: ["ipv4"] }), "SHA-256"],
    ["feed-not-selected", {}, selection({ feeds: [OTHER_FEED] }), "No feed that this connector takes"],
    ["tlp-ceiling", { tlp: 4 }, {}, "TLP:AMBER+STRICT is stricter than this connector's ceiling, TLP:AMBER"],
    ["below-confidence", {}, selection({ minConfidence: 86 }), "85 is below"],
    [
      "action-not-possible",
      { type: "cert-sha1" },
      { action: "Block" },
      "only be Allowed or BlockAndRemediate there, not Block",
    ],
  ])("keeps out with the code %s for %j under %j", (code, one, rules, words) => {
    const decision = run(one, rules);
    expect(decision).toMatchObject({ isWanted: false, code });
    expect(decision).toHaveProperty("reason", expect.stringContaining(words));
  });

  it("sends as Audit what a list lets be watched only, whatever feed, person and policy wish", () => {
    const wish = { action: "BlockAndRemediate" };
    const one = { vouchings: [vouching({ wish })], mark: mark("audit-only") };
    expect(run(one, { action: "Block" })).toMatchObject({ isWanted: true, share: { action: "Audit" } });
  });

  it("sends what a list only warns of as if there were none", () => {
    const wish = { action: "BlockAndRemediate" };
    expect(run({ vouchings: [vouching({ wish })], mark: mark("warn") })).toMatchObject({
      isWanted: true,
      share: { action: "BlockAndRemediate" },
    });
  });

  it("says what the destination does not take before asking the connector's policy", () => {
    const blocked = { code: "unsupported-type", reason: "Defender takes no e-mail addresses." } as const;
    expect(run({ type: "email" }, selection({ types: ["ipv4"] }), () => blocked)).toEqual({
      isWanted: false,
      ...blocked,
    });
  });

  it("speaks only of the feeds that the connector takes, but keeps the strictest TLP of all", () => {
    const secret = vouching({ feedId: OTHER_FEED, feedName: "Hidden", confidence: 99, comment: "no" });
    const decision = run({ vouchings: [vouching(), secret], tlp: 2 }, selection({ feeds: [FEED] }));
    expect(decision).toMatchObject({ share: { content: { confidence: 85, tlp: 2 } } });
    expect(JSON.stringify(decision)).not.toContain("Hidden");
    expect(run({ vouchings: [vouching(), secret], tlp: 5 }, selection({ feeds: [FEED] }))).toMatchObject({
      code: "tlp-ceiling",
    });
  });

  it("does not let a feed that was left out lengthen the validity", () => {
    const soon = new Date("2026-12-01T00:00:00Z");
    const long = vouching({ feedId: OTHER_FEED });
    const decision = run({ vouchings: [vouching({ validUntil: soon }), long] }, selection({ feeds: [FEED] }));
    expect(decision).toHaveProperty("share.expiresAt", soon);
  });

  it("puts a person's wish before the connector's action, on Defender alone", () => {
    const wished = { vouchings: [vouching({ wish: { action: "Block", severity: "High" } })] };
    expect(run(wished)).toMatchObject({ share: { action: "Block", severity: "High" } });
    expect(run(wished, { kind: "sentinel" })).toMatchObject({
      share: { action: "Audit", severity: "Medium" },
    });
  });

  it("blocks a network indicator where files would be remediated", () => {
    const rules = { action: "BlockAndRemediate" } as const;
    expect(run({ type: "domain" }, rules)).toHaveProperty("share.action", "Block");
    expect(run({ type: "sha1" }, rules)).toHaveProperty("share.action", "BlockAndRemediate");
  });

  it("gives equal shares whatever order the sources come in", () => {
    const [one, other] = [vouching({ feedName: "B" }), vouching({ feedName: "A", feedId: OTHER_FEED })];
    expect(run({ vouchings: [one, other] })).toEqual(run({ vouchings: [other, one] }));
  });

  it("leaves what a person holds back, and keeps what another feed vouches for, without a word of the first", () => {
    const held = vouching({ heldBecause: "A bad run.", comment: "held", confidence: 90 });
    const free = vouching({ feedId: OTHER_FEED, feedName: "Other", comment: "free", confidence: 40 });
    expect(run({ vouchings: [held] })).toEqual({
      isWanted: false,
      code: "withheld",
      reason: "A person holds it back: A bad run.",
    });
    const decision = run({ vouchings: [held, free] });
    expect(decision).toMatchObject({
      isWanted: true,
      share: { content: { confidence: 40, feeds: [{ name: "Other", comment: "free" }] } },
    });
  });

  it("leaves in what only a subscription for other connectors names", () => {
    const withheld = vouching({ isWithheld: true, comment: "for others" });

    expect(run({ vouchings: [withheld] })).toMatchObject({ isWanted: false, code: "feed-not-selected" });
    const decision = run({ vouchings: [vouching({ feedId: OTHER_FEED }), withheld] });
    expect(JSON.stringify(decision)).not.toContain("for others");
    expect(decision.isWanted).toBe(true);
  });

  it("leaves in what only feeds that are stored name, and takes nothing of such a feed", () => {
    const stored = vouching({
      feedId: OTHER_FEED,
      feedName: "Own notes",
      isStoreOnly: true,
      comment: "kept in",
    });

    expect(run({ vouchings: [stored] })).toMatchObject({ isWanted: false, code: "store-only" });
    const decision = run({ vouchings: [vouching(), stored] });
    expect(JSON.stringify(decision)).not.toContain("kept in");
    expect(decision.isWanted).toBe(true);
  });
});
