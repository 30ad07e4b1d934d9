import { describe, expect, it } from "vitest";

import { judgeRun, type RunFacts } from "./guards";

const GOOD: RunFacts = {
  live: 100,
  liveByType: { ipv4: 100 },
  found: 100,
  foundByType: { ipv4: 100 },
  bytes: 1_000,
  isWebPage: false,
  robotCheck: null,
  cutShort: null,
  isRolledBack: false,
};
const SETTINGS = { shrinkLimitPercent: 20, growthFactor: 10, typeMix: true };
const judge = (facts: Partial<RunFacts>, settings: Partial<typeof SETTINGS> = {}) =>
  judgeRun({ ...GOOD, ...facts }, { ...SETTINGS, ...settings });

describe("the guards", () => {
  it.each([
    ["cut_short", { cutShort: "The host closed the connection." }],
    ["rolled_back", { isRolledBack: true }],
    ["empty", { bytes: 0, found: 0, foundByType: {} }],
    ["empty", { found: 0, foundByType: {} }],
    ["web_page", { isWebPage: true, found: 0, foundByType: {} }],
    ["shrink", { found: 79, foundByType: { ipv4: 79 } }],
    ["growth", { found: 1_001, foundByType: { ipv4: 1_001 } }],
    ["type_mix", { foundByType: { domain: 51, ipv4: 49 } }],
  ] as const)("hold by %s", (code, facts) => {
    expect(judge(facts)).toMatchObject({ held: true, code });
  });

  it.each([
    ["what is as before", {}],
    ["a loss within the limit", { found: 80, foundByType: { ipv4: 80 } }],
    ["ten times as many", { found: 1_000, foundByType: { ipv4: 1_000 } }],
    ["a mix that moved by half", { foundByType: { domain: 50, ipv4: 50 } }],
    ["a first run", { live: 0, liveByType: {}, found: 5_000, foundByType: { url: 5_000 } }],
    ["a small list that grows", { live: 9, liveByType: { ipv4: 9 }, found: 500, foundByType: { ipv4: 500 } }],
  ])("let %s through", (_name, facts) => {
    expect(judge(facts)).toEqual({ held: false });
  });

  it("are switched off one by one", () => {
    expect(judge({ found: 5_000, foundByType: { ipv4: 5_000 } }, { growthFactor: 0 })).toEqual({
      held: false,
    });
    expect(judge({ foundByType: { domain: 100 } }, { typeMix: false })).toEqual({ held: false });
    expect(judge({ found: 1, foundByType: { ipv4: 1 } }, { shrinkLimitPercent: 100 })).toEqual({
      held: false,
    });
  });

  it("say what happened, that nothing was lost, and what to do", () => {
    expect(judge({ foundByType: { domain: 90, ipv4: 10 } })).toMatchObject({
      message:
        "Held: the types have changed (100 ipv4 before, 90 domain, 10 ipv4 now). A column may have moved. The last good run stays live. Accept it, discard it, or correct the mapping.",
    });
  });

  it("say of a page that checks for robots whose it is, and what to do", () => {
    expect(judge({ isWebPage: true, robotCheck: "Anubis", found: 0, foundByType: {} })).toMatchObject({
      code: "web_page",
      message: expect.stringMatching(
        /^Held: the source takes Sluice for a robot: .*\(Anubis\)\. The last good run stays live\. Ask the provider/,
      ) as string,
    });
  });
});
