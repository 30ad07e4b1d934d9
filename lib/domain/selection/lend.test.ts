import { describe, expect, it } from "vitest";

import { permittedActions } from "@/lib/connectors/unsupported";
import { mergeClaims } from "@/lib/domain/delivery/merge-claims";
import { recordTexts } from "@/lib/domain/delivery/record-texts";
import { rulesSchema } from "@/lib/domain/connector/rule-input";
import { selectionSchema } from "@/lib/domain/connector/selection-input";
import type { Mark } from "@/lib/domain/screening/mark";

import { gateSchema } from "@/lib/domain/connector/gate-input";

import type { Candidate, Vouching } from "./candidate";
import { decide } from "./decide";
import type { Blast } from "./gate";
import { withLenders, type Lender } from "./lend";
import { compilePolicy, describePolicy, type Policy } from "./policy";
import { shareText } from "./share";

const ANY_TLP = 5;
const now = new Date("2026-11-24T10:20:00Z");
const in30Days = new Date("2026-12-24T00:00:00Z");
const yesterday = new Date("2026-11-23T00:00:00Z");

const vouching = (feedName: string, other: Partial<Vouching> = {}): Vouching => ({
  ...{
    feedId: feedName,
    feedName,
    isPublic: false,
    isStoreOnly: false,
    isWithheld: false,
    heldBecause: null,
  },
  ...{ confidence: 50, tags: [], comment: "", threatType: "", validUntil: null, sightedAt: null, wish: null },
  strongerKeys: [],
  ...other,
});
const address = (other: Partial<Candidate> = {}): Candidate => ({
  override: null,
  ...{ type: "ipv4", value: "203.0.113.9", isActive: true, withdrawnBecause: null, mark: null, tlp: 2 },
  ...{ validUntil: null, isFaded: false, vouchings: [vouching("Hosts")], standingUntil: null },
  blast: null,
  ...other,
});
/** One that no source names itself. */
const unnamed = (other: Partial<Candidate> = {}) =>
  address({ isActive: false, vouchings: [], tlp: 5, ...other });
const lender = (value = "203.0.113.8/29", other: Partial<Lender["candidate"]> = {}): Lender => ({
  ...{ type: "ipv4-cidr", value, chosen: [vouching("Nets", { confidence: 70 })] },
  candidate: { tlp: 3, validUntil: null, mark: null, blast: null, ...other },
});
const mark = (effect: Mark["effect"]): Mark => ({ list: "list:1", name: "Ours", effect, reason: "Ours." });

const policy = (selection = {}, rules: unknown[] = []): Policy => ({
  ...{ kind: "defender", action: "Audit", severity: "Medium", expiryDays: null, expiryByType: {} },
  ...{ rules: rulesSchema.parse(rules), deviceGroups: [], selection: selectionSchema.parse(selection) },
});
const judge = (candidate: Candidate, by = policy()) =>
  decide(candidate, {
    ...{ policy: compilePolicy(by), team: { slug: "blue", name: "Blue" }, now },
    findUnsupported: () => null,
    findNear: () => null,
    permittedActions: (type) => permittedActions("defender", type),
  });
const shareOf = (candidate: Candidate) => {
  const decision = judge(candidate);
  if (!decision.isWanted) throw new Error(decision.reason);
  return decision.share;
};

const blast = (other: Partial<Blast> = {}): Blast => ({
  ...{ devices: 3, wantedAt: null, isUntold: false, missingPermission: null, dispute: null },
  ...{ isLetThrough: false, isTakenBack: false, standingAction: null },
  ...other,
});
const gated: Policy = {
  ...policy({}, [{ deviceGroups: ["Servers"], when: { types: ["ipv4-cidr"] } }]),
  ...{ action: "Block", gate: gateSchema.parse({ maxPrevalence: 50, otherTeams: true }) },
};
const judgeGated = (own: Partial<Blast>, network: Partial<Blast> = {}) =>
  judge(
    withLenders(unnamed({ blast: blast(own) }), [lender("203.0.113.8/29", { blast: blast(network) })]),
    gated,
  );

describe("an address under a gate", () => {
  it("is judged by its own prevalence, and stays out by what another team says of its network", () => {
    expect(judgeGated({ devices: 51 })).toMatchObject({ isWanted: false, code: "too-prevalent" });
    expect(judgeGated({}, { devices: 51 })).toMatchObject({ isWanted: true });
    expect(judgeGated({}, { dispute: "Another team withdrew it." })).toMatchObject({
      ...{ isWanted: false, code: "disputed" },
      reason: "203.0.113.8/29, of which it is a part: Another team withdrew it.",
    });
  });

  it("that blocks already is not opened by what is said of its network since", () => {
    const since = { dispute: "Another team withdrew it." };
    expect(judgeGated({ standingAction: "Block" }, since)).toMatchObject({ share: { action: "Block" } });
    expect(judgeGated({ standingAction: "Block" }, { ...since, isTakenBack: true })).toMatchObject({
      code: "disputed",
    });
  });

  it("goes where a person let it or its network through", () => {
    for (const [own, network] of [
      [{ isLetThrough: true }, {}],
      [{}, { isLetThrough: true }],
    ])
      expect(judgeGated({ devices: 51, ...own }, network)).toMatchObject({ isWanted: true });
  });

  it("goes to the device groups of the rule that its network fits", () => {
    expect(judgeGated({})).toMatchObject({ share: { content: { deviceGroups: ["Servers"] } } });
  });
});

describe("an address with what its networks lend it", () => {
  it("is itself without networks, to the letter", () => {
    const own = address();
    expect(withLenders(own, [])).toBe(own);
    expect(shareText(shareOf(own))).not.toContain("network");
    expect(describePolicy(policy({ expandNetworksUpTo: 0 }))).toEqual(describePolicy(policy()));
    expect(describePolicy(policy({ expandNetworksUpTo: 8 }))).not.toEqual(describePolicy(policy()));
  });

  it("has their sources, their TLP and their end where nobody names it itself", () => {
    const lent = withLenders(unnamed(), [lender("203.0.113.8/29", { validUntil: in30Days })]);
    expect(lent).toMatchObject({ isActive: true, tlp: 3, validUntil: in30Days });
    expect(judge(lent)).toMatchObject({ isWanted: true, share: { content: { confidence: 70, tlp: 3 } } });
  });

  it("has both words where it is named itself: the surest, the strictest, the longest", () => {
    const own = address({ validUntil: yesterday, tlp: 4 });
    const lent = withLenders(own, [lender("203.0.113.8/29", { validUntil: in30Days })]);
    expect(lent).toMatchObject({ tlp: 4, validUntil: in30Days });
    expect(lent.vouchings.map(({ feedName, validUntil }) => [feedName, validUntil])).toEqual([
      ["Hosts", yesterday],
      ["Nets", in30Days],
    ]);
  });

  it("says of which networks it is a part, and of none that a team keeps to itself beside another", () => {
    const share = shareOf(withLenders(unnamed(), [lender(), lender("203.0.113.8/30")]));
    const limits = { title: 200, description: 1_000 };
    const textOf = (...shares: Parameters<typeof mergeClaims>[0]) =>
      recordTexts("ipv4", mergeClaims(shares, ANY_TLP), "link", limits).description;
    expect(textOf(share)).toBe(
      "Part of the networks 203.0.113.8/29, 203.0.113.8/30. Feeds: Nets. Teams: Blue. link",
    );
    const other = { ...share, content: { ...share.content, team: { slug: "red", name: "Red" } } };
    expect(textOf(share, other)).toBe("Teams: Blue, Red. link");
  });

  it("stays out for what a person or a list says of it alone, and is watched where its network is", () => {
    expect(judge(withLenders(unnamed({ mark: mark("stop") }), [lender()]))).toMatchObject({
      code: "allowlisted",
    });
    expect(judge(withLenders(unnamed({ withdrawnBecause: "Ours." }), [lender()]))).toMatchObject({
      code: "withdrawn",
    });
    const watched = withLenders(address({ mark: mark("warn") }), [
      lender("203.0.113.8/29", { mark: mark("audit-only") }),
    ]);
    expect(watched.mark).toEqual(mark("audit-only"));
  });

  it("is taken by the type of what names it, and meets rules for either type", () => {
    const lent = withLenders(address(), [lender()]);
    const feedsOf = (types: string[]) => {
      const decision = judge(lent, policy({ types }));
      return decision.isWanted ? decision.chosen.map(({ feedName }) => feedName) : decision.code;
    };
    expect(feedsOf(["ipv4"])).toEqual(["Hosts"]);
    expect(feedsOf(["ipv4-cidr"])).toEqual(["Nets"]);
    expect(feedsOf(["domain"])).toBe("type-not-selected");
    const byRule = (types: string[], candidate = lent) =>
      judge(candidate, policy({}, [{ when: { types }, severity: "High" }]));
    expect(byRule(["ipv4-cidr"])).toMatchObject({ share: { severity: "High" } });
    expect(byRule(["ipv4"])).toMatchObject({ share: { severity: "High" } });
    expect(byRule(["ipv4-cidr"], address())).toMatchObject({ share: { severity: "Medium" } });
  });
});
