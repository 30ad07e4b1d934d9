import { describe, expect, it } from "vitest";

import { permittedActions } from "@/lib/connectors/unsupported";
import { gateSchema } from "@/lib/domain/connector/gate-input";
import { rulesSchema } from "@/lib/domain/connector/rule-input";
import { selectionSchema } from "@/lib/domain/connector/selection-input";
import type { AllowlistEffect } from "@/lib/domain/screening/allowlist";
import type { Mark } from "@/lib/domain/screening/mark";

import type { Candidate, Vouching } from "./candidate";
import type { Blocked } from "./blocked";
import type { Override } from "./override";
import { decide } from "./decide";
import type { Blast } from "./gate";
import { compilePolicy, type Policy } from "./policy";

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
  sightedAt: null,
  strongerKeys: [],
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
  blast: null,
  vouchings: [vouching()],
  standingUntil: null,
  override: null,
  ...other,
});

const policy = (other: Partial<Policy> = {}): Policy => ({
  kind: "defender",
  action: "Audit",
  severity: "Medium",
  expiryDays: null,
  expiryByType: {},
  rules: [],
  deviceGroups: [],
  selection: selectionSchema.parse({}),
  ...other,
});

const run = (
  one: Partial<Candidate> = {},
  rules: Partial<Policy> = {},
  findUnsupported: () => Blocked | null = () => null,
) =>
  decide(candidate(one), {
    policy: compilePolicy(policy(rules)),
    team: { slug: "team-a", name: "Team A" },
    now,
    findUnsupported,
    permittedActions: (type) => permittedActions(rules.kind ?? "defender", type),
    findNear: () => null,
  });

const selection = (other: Partial<Policy["selection"]>): Partial<Policy> => ({
  selection: { ...selectionSchema.parse({}), ...other },
});

describe("decide", () => {
  it("wants what nothing speaks against, with the team's share of the record", () => {
    expect(run()).toEqual({
      isWanted: true,
      rule: null,
      chosen: [vouching()],
      heldTo: null,
      lifetimeDays: 365,
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
      "tag-blocked",
      { vouchings: [vouching({ tags: ["Noise:High"] })] },
      selection({ tags: { allow: [], block: ["noise:%"] } }),
      "“Microsoft COVID-19” tags it “Noise:High”",
    ],
    ["tag-not-selected", {}, selection({ tags: { allow: ["apt"], block: [] } }), "only what is tagged “apt”"],
    [
      "too-old",
      { vouchings: [vouching({ sightedAt: new Date("2026-11-17T10:20:00Z") })] },
      selection({ maxAgeDays: 7 }),
      "last seen on 2026-11-17; this connector takes what was seen within 7 days",
    ],
    [
      "action-not-possible",
      { type: "cert-sha1" },
      { action: "Block" },
      "only be Allowed or Block and remediate there, not Block",
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
    const shareOf = (...vouchings: Vouching[]) => {
      const decision = run({ vouchings });
      return decision.isWanted ? decision.share : decision.code;
    };
    expect(shareOf(one, other)).toEqual(shareOf(other, one));
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

  it("counts a blocked tag of any source and an allowed one only of a source that it takes", () => {
    const other = vouching({ feedId: OTHER_FEED, feedName: "Notes", tags: ["apt"] });
    const tagged = { vouchings: [vouching(), other] };
    const ofFeed = { feeds: [FEED] };
    expect(run(tagged, selection({ ...ofFeed, tags: { allow: [], block: ["apt"] } }))).toMatchObject({
      code: "tag-blocked",
    });
    expect(run(tagged, selection({ ...ofFeed, tags: { allow: ["apt"], block: [] } }))).toMatchObject({
      code: "tag-not-selected",
    });
    expect(run(tagged, selection({ tags: { allow: ["apt"], block: [] } })).isWanted).toBe(true);
  });

  it("lets no record outlive the age that the connector asks for, and moves no end with each sighting", () => {
    const seen = (at: string) => ({ vouchings: [vouching({ sightedAt: new Date(at) })] });
    const rules = selection({ maxAgeDays: 10 });
    const until = new Date("2026-12-03T10:20:00Z");
    expect(run(seen("2026-11-23T10:20:00Z"), rules)).toHaveProperty("share.expiresAt", until);
    const standing = { ...seen("2026-11-24T09:00:00Z"), standingUntil: until };
    expect(run(standing, rules)).toHaveProperty("share.expiresAt", until);
  });

  it("is out, and never past its end, once the sources that it takes no longer vouch for it", () => {
    const ended = vouching({ validUntil: now });
    const decision = run(
      { vouchings: [ended, vouching({ feedId: OTHER_FEED })] },
      selection({ feeds: [FEED] }),
    );
    expect(decision).toMatchObject({ isWanted: false, code: "expired" });
  });
});

describe("what a person adopted of a record", () => {
  const adopted = (other: Partial<Override>): Partial<Candidate> => ({
    override: {
      ...{ by: "Ada", reason: "The SOC said so.", isAbsent: false, action: null, severity: null },
      ...{ expiresAt: null, words: null },
      ...other,
    },
  });

  it("comes before rules, an earlier wish and the connector, field by field", () => {
    const words = { title: "Mine", description: null };
    const expiresAt = new Date("2026-11-26T00:00:00Z");
    const rules = { rules: rulesSchema.parse([{ action: "Warn", severity: "Low" }]) };
    expect(run(adopted({ action: "Block", words, expiresAt }), rules)).toMatchObject({
      isWanted: true,
      share: { action: "Block", severity: "Low", expiresAt, content: { words } },
    });
  });

  it("never outlives what its sources vouch for, nor an allowlist that lets it be watched only", () => {
    const validUntil = new Date("2026-11-25T00:00:00Z");
    const expiresAt = new Date("2026-12-24T00:00:00Z");
    const ending = { validUntil, vouchings: [vouching({ validUntil })] };
    expect(run({ ...adopted({ expiresAt }), ...ending })).toHaveProperty("share.expiresAt", validUntil);
    expect(run({ ...adopted({ action: "Block" }), mark: mark("audit-only") })).toHaveProperty(
      "share.action",
      "Audit",
    );
  });

  it("keeps it away where it was taken away there, or its adopted end has come", () => {
    expect(run(adopted({ isAbsent: true }))).toEqual({
      isWanted: false,
      code: "left-outside",
      reason: "It was taken away at Microsoft, and Ada adopted that: The SOC said so.",
    });
    expect(run(adopted({ expiresAt: now }))).toMatchObject({ isWanted: false, code: "expired" });
  });
});

describe("rules of a connector", () => {
  const ruled = (...rules: object[]): Partial<Policy> => ({ rules: rulesSchema.parse(rules) });

  it("give what they name by the first that fits, and the connector's own where none does", () => {
    const rules = ruled(
      { when: { types: ["ipv4"] }, action: "Warn" },
      { when: { minConfidence: 80 }, action: "Block", severity: "High" },
      { action: "Warn" },
    );
    expect(run({}, rules)).toMatchObject({ share: { action: "Block", severity: "High" }, rule: 1 });
    const unsure = { vouchings: [vouching({ confidence: 79 })] };
    expect(run(unsure, rules)).toMatchObject({ share: { action: "Warn", severity: "Medium" }, rule: 2 });
    expect(run({}, ruled({ when: { types: ["ipv4"] }, action: "Warn" }))).toMatchObject({
      share: { action: "Audit" },
      rule: null,
    });
  });

  it("ask one source for feed, confidence and tag together", () => {
    const rules = ruled({ when: { feeds: [FEED], minConfidence: 80, tags: ["apt%"] }, action: "Block" });
    const sure = vouching({ feedId: OTHER_FEED, confidence: 99, tags: ["apt29"] });
    const spread = [vouching({ confidence: 10 }), sure];
    expect(run({ vouchings: spread }, rules)).toHaveProperty("share.action", "Audit");
    expect(run({ vouchings: [vouching({ tags: ["APT29"] })] }, rules)).toHaveProperty(
      "share.action",
      "Block",
    );
  });

  it("come after a person's wish and after a list that lets it be watched only", () => {
    const rules = ruled({ action: "Block" });
    const wished = { vouchings: [vouching({ wish: { action: "Warn" } })] };
    expect(run(wished, rules)).toMatchObject({ share: { action: "Warn" }, rule: null });
    expect(run({ mark: mark("audit-only") }, rules)).toMatchObject({
      share: { action: "Audit" },
      rule: null,
    });
  });

  it("fall to Block where files alone can be remediated", () => {
    const rules = ruled({ action: "BlockAndRemediate" });
    expect(run({ type: "domain" }, rules)).toHaveProperty("share.action", "Block");
    expect(run({ type: "sha1" }, rules)).toHaveProperty("share.action", "BlockAndRemediate");
  });

  it("name themselves where they ask for what the destination cannot do", () => {
    expect(run({ type: "cert-sha1" }, ruled({ action: "Warn" }))).toMatchObject({
      code: "action-not-possible",
      reason: expect.stringContaining("Rule 1 asks for that.") as string,
    });
  });

  it("set days before those of the type, and these before the connector's", () => {
    const days = (rules: Partial<Policy>) => run({}, rules);
    const of = (count: number) => new Date(Date.parse("2026-11-24T10:00:00Z") + count * 86_400_000);
    expect(days({ expiryDays: 9, expiryByType: { sha256: 5 } })).toHaveProperty("share.expiresAt", of(5));
    const rules = ruled({ expiryDays: 3 });
    expect(days({ ...rules, expiryByType: { sha256: 5 } })).toMatchObject({
      share: { expiresAt: of(3) },
      rule: 0,
    });
    expect(days({ ...rules, kind: "sentinel" })).toHaveProperty("share.expiresAt", of(3));
  });

  it("takes the device groups of the rule that fits, in one order, and leaves the connector's own unsaid", () => {
    const groupsOf = (deviceGroups: string[]) => {
      const decision = run({}, { deviceGroups: ["Lab"], rules: rulesSchema.parse([{ deviceGroups }]) });
      return decision.isWanted ? decision.share.content.deviceGroups : null;
    };
    expect(groupsOf(["Servers", "Lab"])).toEqual(["Lab", "Servers"]);
    expect(groupsOf(["Lab"])).toBeUndefined();
  });

  describe("what a gate keeps in", () => {
    const gate = gateSchema.parse({ maxPrevalence: 50 });
    const rules = { action: "Block", gate } as const;
    const blast = (other: Partial<Blast>): Blast => ({
      ...{ devices: 1204, wantedAt: null, isUntold: false, missingPermission: null, dispute: null },
      ...{ isLetThrough: false, isTakenBack: false, standingAction: null },
      ...other,
    });

    it("stays out", () => {
      expect(run({ blast: blast({}) }, rules)).toMatchObject({ isWanted: false, code: "too-prevalent" });
    });

    it("stays as it stands there where that is milder, and says why", () => {
      expect(run({ blast: blast({ standingAction: "Audit" }) }, rules)).toMatchObject({
        isWanted: true,
        share: { action: "Audit" },
        heldTo: { code: "too-prevalent" },
      });
    });

    it("goes where somebody adopted that it is blocked there", () => {
      const words = {
        by: "Ada",
        reason: "Ours.",
        isAbsent: false,
        severity: null,
        expiresAt: null,
        words: null,
      };
      const override: Override = { ...words, action: "Block" };
      expect(run({ blast: blast({ standingAction: "Audit" }), override }, rules)).toMatchObject({
        ...{ isWanted: true, share: { action: "Block" }, heldTo: null },
      });
    });

    it("is taken back where it is blocked by a word that was taken back", () => {
      const facts = blast({ standingAction: "Block", isTakenBack: true });
      expect(run({ blast: facts }, rules)).toMatchObject({ isWanted: false, code: "too-prevalent" });
    });

    it("is only watched where that is said for the unknown", () => {
      const unknown = { ...rules, gate: { ...gate, whenUnknown: "audit" } } as const;
      expect(run({ blast: blast({ devices: null, isUntold: true }) }, unknown)).toMatchObject({
        isWanted: true,
        share: { action: "Audit" },
        heldTo: { code: "waits-for-prevalence" },
      });
    });
  });
});
