import { describe, expect, it } from "vitest";

import { findFormerExcess, holdBoth, inheritLimits, noteChange, type Loosened } from "./loosened";
import { planLimitsSchema, type PlanLimits } from "./plan-limits";

const limits = (maxAdds: number | null): PlanLimits | null =>
  maxAdds === null ? null : planLimitsSchema.parse({ maxAdds });
const ANN = { userId: "00000000-0000-4000-8000-00000000000a", name: "Ann" };
const BEA = { userId: "00000000-0000-4000-8000-00000000000b", name: "Bea" };
const now = new Date("2026-11-29T12:00:00Z");

/** What is kept after each of these people set the limits; a number is the most additions, null none. */
const after = (first: number | null, ...changes: [typeof ANN, number | null][]): Loosened | null => {
  let [known, before] = [null as Loosened | null, first];
  for (const [by, next] of changes) {
    known = noteChange(known, { before: limits(before), after: limits(next), by, now });
    before = next;
  }
  return known;
};

describe("limits that were raised", () => {
  it.each<[string, number | null, [typeof ANN, number | null][], [string, number] | null]>([
    ["are kept with who raised them", 5, [[ANN, 10]], ["Ann", 5]],
    ["are kept when they were removed", 5, [[ANN, null]], ["Ann", 5]],
    ["are none where there were none", null, [[ANN, 10]], null],
    ["are none where they were lowered", 5, [[ANN, 4]], null],
    [
      "step by step are those of before the first step",
      5,
      [
        [ANN, 10],
        [ANN, 20],
      ],
      ["Ann", 5],
    ],
    [
      "and brought back are none",
      5,
      [
        [ANN, 10],
        [ANN, 5],
      ],
      null,
    ],
    [
      "are another's once that one set them lower",
      5,
      [
        [ANN, null],
        [BEA, 50],
      ],
      null,
    ],
    [
      "are held against who raised them last",
      5,
      [
        [ANN, 10],
        [BEA, 20],
      ],
      ["Bea", 10],
    ],
  ])("%s", (_name, first, changes, expected) => {
    const kept = after(first, ...changes);
    expect(kept && [kept.byName, kept.former.maxAdds]).toEqual(expected);
  });

  it("stay as they are when something else is saved", () => {
    const known = after(5, [ANN, 10]);
    expect(noteChange(known, { before: limits(10), after: limits(10), by: BEA, now })).toBe(known);
  });

  it.each<[string, string | null, string | null, boolean]>([
    ["whoever raised them does alone", ANN.userId, ANN.userId, true],
    ["whoever raised them applies of the product's own", ANN.userId, null, true],
    ["the product does by itself", null, null, true],
    ["somebody else made", ANN.userId, BEA.userId, false],
    ["somebody else applies", BEA.userId, ANN.userId, false],
  ])("hold for what %s: %s, %s", (_name, applierId, authorId, isHeld) => {
    const counts = { add: 6, change: 0, remove: 0, keep: 0, remade: 0 };
    const excess = findFormerExcess(after(5, [ANN, 10]), counts, { applierId, authorId });
    expect(excess).toEqual(
      isHeld
        ? [
            "It adds 6; the limit for one person alone is 5.",
            "That was the limit before Ann raised it on 2026-11-29; until somebody else confirms the new one, it takes another person than Ann.",
          ]
        : [],
    );
    expect(findFormerExcess(after(5, [ANN, 10]), { ...counts, add: 5 }, { applierId, authorId })).toEqual([]);
  });

  it("judge what went before together with it, where that is told", () => {
    const counts = { add: 3, change: 0, remove: 0, keep: 0, remade: 0 };
    const people = { applierId: ANN.userId, authorId: ANN.userId };
    expect(findFormerExcess(after(5, [ANN, 10]), counts, people)).toEqual([]);
    const earlier = { add: 3, remove: 0 };
    expect(findFormerExcess(after(5, [ANN, 10]), counts, { ...people, earlier })[0]).toBe(
      "It adds 3, with the 3 of the last hour 6; the limit for one person alone is 5.",
    );
  });
});

describe("a connector that is added beside others", () => {
  const beside = (others: [number | null, Loosened | null][], approval: number | null) =>
    inheritLimits({
      others: others.map(([maxAdds, loosened]) => ({ approval: limits(maxAdds), loosened })),
      ...{ approval: limits(approval), by: ANN, now },
    });

  it.each<[string, [number | null, Loosened | null][], number | null, [string, number] | null]>([
    [
      "has the strictest of theirs as former limits",
      [
        [20, null],
        [10, null],
        [null, null],
      ],
      30,
      ["Ann", 10],
    ],
    ["has none where it is as strict", [[10, null]], 10, null],
    ["has none where they have none", [[null, null]], null, null],
    [
      "has those of before, where theirs were raised by the same person",
      [[20, after(5, [ANN, 20])]],
      20,
      ["Ann", 5],
    ],
    ["is held against who raised theirs", [[20, after(5, [BEA, 20])]], 20, ["Bea", 5]],
    ["is held against who goes beyond those as well", [[20, after(5, [BEA, 20])]], 30, ["Ann", 20]],
  ])("%s", (_name, others, approval, expected) => {
    const kept = beside(others, approval);

    expect(kept && [kept.byName, kept.former.maxAdds]).toEqual(expected);
    expect(kept?.isInherited ?? true).toBe(true);
  });

  it("keeps what one person raised here and there, and what stands there before what stands here", () => {
    const here = after(5, [ANN, 30]);
    expect(holdBoth(beside([[10, null]], 30), here)?.former.maxAdds).toBe(5);
    expect(holdBoth(beside([[10, null]], 30), after(5, [BEA, 30]))?.by).toBe(ANN.userId);
    expect(holdBoth(null, here)).toBe(here);
  });
});
