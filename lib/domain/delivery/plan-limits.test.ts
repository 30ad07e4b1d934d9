import { describe, expect, it } from "vitest";

import { findExcess, isRaised, planLimitsSchema, type PlanLimits } from "./plan-limits";

const counts = { add: 0, change: 0, remove: 0, keep: 0 };
const limits = (given: Partial<PlanLimits>): PlanLimits => planLimitsSchema.parse(given);

describe("limits of a plan", () => {
  it.each<[string, PlanLimits | null, typeof counts, string[]]>([
    ["none are passed by anything", null, { ...counts, add: 1_000_000, remove: 9 }, []],
    ["an empty set is none", limits({}), { ...counts, add: 1_000_000, remove: 9 }, []],
    ["as many as allowed pass", limits({ maxAdds: 5, maxRemoves: 2 }), { ...counts, add: 5, remove: 2 }, []],
    [
      "one more does not",
      limits({ maxAdds: 5 }),
      { ...counts, add: 6 },
      ["It adds 6; the limit for one person alone is 5."],
    ],
    [
      "each is told",
      limits({ maxAdds: 0, maxRemoves: 0 }),
      { ...counts, add: 1_200, remove: 1 },
      [
        "It adds 1,200; the limit for one person alone is 0.",
        "It removes 1; the limit for one person alone is 0.",
      ],
    ],
    ["a share is of what stands", limits({ maxRemovedPercent: 10 }), { ...counts, remove: 10, keep: 90 }, []],
    [
      "a share just above is above",
      limits({ maxRemovedPercent: 10 }),
      { ...counts, remove: 1_001, keep: 8_999 },
      ["It removes 11 % of the 10,000 that stand there; the limit for one person alone is 10 %."],
    ],
    ["where nothing stands there is no share", limits({ maxRemovedPercent: 0 }), { ...counts, add: 3 }, []],
  ])("%s", (_name, given, plan, expected) => {
    expect(findExcess(given, plan)).toEqual(expected);
  });

  const earlier = { add: 4, remove: 3 };
  it.each<[string, PlanLimits, typeof counts, string[]]>([
    ["as many as are left pass", limits({ maxAdds: 5, maxRemoves: 4 }), { ...counts, add: 1, remove: 1 }, []],
    [
      "one more does not",
      limits({ maxAdds: 5 }),
      { ...counts, add: 2 },
      ["It adds 2, with the 4 of the last hour 6; the limit for one person alone is 5."],
    ],
    [
      "each is told",
      limits({ maxRemoves: 3, maxRemovedPercent: 20 }),
      { ...counts, remove: 1, keep: 6 },
      [
        "It removes 1, with the 3 of the last hour 4; the limit for one person alone is 3.",
        "With the 3 of the last hour it removes 40 % of the 10 that stand there; the limit for one person alone is 20 %.",
      ],
    ],
    [
      "what adds and removes nothing passes",
      limits({ maxAdds: 1, maxRemoves: 1 }),
      { ...counts, change: 9 },
      [],
    ],
  ])("count together with what was applied before: %s", (_name, given, plan, expected) => {
    expect(findExcess(given, plan, { earlier })).toEqual(expected);
  });

  it.each<[PlanLimits | null, PlanLimits | null, boolean]>([
    [limits({ maxAdds: 5 }), null, true],
    [limits({ maxAdds: 5 }), limits({ maxAdds: 6, maxRemoves: 0 }), true],
    [limits({ maxAdds: 5 }), limits({ maxAdds: 5, maxRemoves: 0 }), false],
    [null, limits({ maxAdds: 5 }), false],
    [null, null, false],
  ])("tell whether they were raised from %j to %j", (before, after, expected) => {
    expect(isRaised(before, after)).toBe(expected);
  });
});
