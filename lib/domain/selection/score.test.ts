import { describe, expect, it } from "vitest";

import { budgetSettingsSchema, findOverpromise, patchBudget, standingBonus } from "./budget-settings";
import type { Cut } from "./budget";
import { describePlanBudget, frameCut } from "./cut";
import { pointsOf, weigh } from "./score";

const now = new Date("2026-11-24T10:20:00Z");
const SETTINGS = budgetSettingsSchema.parse({});
const score = (other: Partial<Parameters<typeof pointsOf>[0]> = {}, weights = SETTINGS.weights): number =>
  weigh(
    pointsOf(
      { type: "domain", confidence: 80, severity: "Medium", lastSeen: now, sources: 1, ...other },
      now,
    ),
    weights,
  );

describe("the score of a candidate", () => {
  it("is a whole number that rises with confidence, severity, recency and sources", () => {
    const plain = score();
    expect(Number.isInteger(plain)).toBe(true);
    expect(score({ confidence: 81 })).toBeGreaterThan(plain);
    expect(score({ severity: "High" })).toBeGreaterThan(plain);
    expect(score({ lastSeen: new Date("2026-11-20T00:00:00Z") })).toBeLessThan(plain);
    expect(score({ lastSeen: null })).toBeLessThan(score({ lastSeen: new Date("2026-09-01T00:00:00Z") }));
    expect(score({ sources: 3 })).toBeGreaterThan(plain);
  });

  it("puts a hash before a domain, a domain before a URL, a URL before an address", () => {
    const scores = (["sha256", "domain", "url", "ipv4"] as const).map((type) => score({ type }));
    expect(scores).toEqual(scores.toSorted((one, other) => other - one));
    expect(new Set(scores).size).toBe(4);
  });

  it("follows the weights: what counts nothing makes no difference", () => {
    const weights = { ...SETTINGS.weights, type: 0 };
    expect(score({ type: "ipv4" }, weights)).toBe(score({ type: "sha256" }, weights));
  });

  it("moves less by one point of confidence, up and down, than standing is worth", () => {
    expect(score({ confidence: 81 }) - score({ confidence: 79 })).toBeLessThan(standingBonus(SETTINGS));
  });
});

describe("the settings of a budget", () => {
  const TEAM = "0199b7a0-0000-7000-8000-000000000001";

  it("change in what is given, and forget limits that say nothing", () => {
    const limited = patchBudget(SETTINGS, { headroom: 300, teams: { [TEAM]: { floor: 5, ceiling: null } } });
    expect(limited).toMatchObject({ headroom: 300, steadiness: 5, teams: { [TEAM]: { floor: 5 } } });
    expect(patchBudget(limited, { weights: { type: 9 } })).toMatchObject({
      headroom: 300,
      weights: { ...SETTINGS.weights, type: 9 },
    });
    expect(patchBudget(limited, { teams: { [TEAM]: null } }).teams).toEqual({});
  });

  it("do not promise more than there is", () => {
    const limited = patchBudget(SETTINGS, {
      headroom: 300,
      teams: { [TEAM]: { floor: 14_700, ceiling: null } },
    });
    expect(findOverpromise(SETTINGS, limited, 15_000)).toBeNull();
    expect(findOverpromise(SETTINGS, limited, 14_999)?.detail).toContain("come to 15,000 places");
  });

  it("point to what was raised where they promise too much, else to what is kept free", () => {
    const pointersTo = (before: typeof SETTINGS, patch: Parameters<typeof patchBudget>[1]) =>
      findOverpromise(before, patchBudget(before, patch), 15_000)?.pointers;
    const teams = { [TEAM]: { floor: 20_000, ceiling: null } };
    expect(pointersTo(SETTINGS, { teams })).toEqual([`/teams/${TEAM}/floor`]);
    expect(pointersTo(SETTINGS, { headroom: 15_001 })).toEqual(["/headroom"]);
    expect(pointersTo(SETTINGS, { headroom: 300, feeds: teams })).toEqual([
      "/headroom",
      `/feeds/${TEAM}/floor`,
    ]);
    const before = patchBudget(SETTINGS, { teams: { [TEAM]: { floor: 10_000, ceiling: null } } });
    expect(pointersTo(before, { headroom: 6_000 })).toEqual(["/headroom"]);
    expect(pointersTo(patchBudget(SETTINGS, { teams }), {})).toEqual(["/headroom"]);
  });
});

describe("a cut in words", () => {
  it("names rank and cut", () => {
    const say = (code: Cut["code"], isStanding = false) => {
      const { before, after } = frameCut({ code, cut: 15_000 }, isStanding);
      return `${before}16,204${after}`;
    };
    expect(say("over-budget")).toBe("Not sent: rank 16,204, cut at 15,000.");
    expect(say("over-team-ceiling")).toContain("the team may have");
    expect(say("over-feed-ceiling")).toContain("its feed may have");
    expect(say("over-budget", true)).toBe("It loses its place: rank 16,204, cut at 15,000. It is removed.");
  });

  it("says of a plan how much was chosen", () => {
    expect(describePlanBudget({ wanted: 40_000, chosen: 13_500, cut: 13_500, ranked: 40_000 })).toBe(
      "13,500 of 40,000 chosen; cut at rank 13,500",
    );
    expect(describePlanBudget({ wanted: 20, chosen: 5, cut: 10, ranked: 50 })).toBe(
      "5 of 20 chosen; cut at rank 10 of 50",
    );
    expect(describePlanBudget({ wanted: 5, chosen: 5, cut: null, ranked: 9 })).toBe("5 of 5 chosen");
    const fromNetworks = { networks: 12, addresses: 1_204 };
    expect(describePlanBudget({ wanted: 1_300, chosen: 1_300, cut: null, ranked: 1_300, fromNetworks })).toBe(
      "1,300 of 1,300 chosen; from networks: 1,204 addresses of 12 networks",
    );
  });
});
