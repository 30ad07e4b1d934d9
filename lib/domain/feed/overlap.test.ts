import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { overlapSchema, toOverlap } from "./overlap";

describe("what feeds have in common", () => {
  it("is counted by hand: two of three share, one shares with both, one is alone with what it has", () => {
    const overlap = toOverlap([
      { feeds: ["a"], first: "a", count: 10 },
      { feeds: ["b", "a"], first: "b", count: 3 },
      { feeds: ["a", "b", "c"], first: null, count: 2 },
      { feeds: ["d"], first: "d", count: 7 },
    ]);

    expect(overlap).toEqual({
      values: 22,
      feeds: [
        { feedId: "a", values: 15, unique: 10, first: 0 },
        { feedId: "b", values: 5, unique: 0, first: 3 },
        { feedId: "c", values: 2, unique: 0, first: 0 },
        { feedId: "d", values: 7, unique: 7, first: 0 },
      ],
      pairs: [
        { one: "a", other: "b", shared: 5 },
        { one: "a", other: "c", shared: 2 },
        { one: "b", other: "c", shared: 2 },
      ],
    });
    expect(overlapSchema.parse(overlap)).toEqual(overlap);
  });

  it("is what counting each value by itself gives", () => {
    const valueSets: fc.Arbitrary<string[][]> = fc.array(
      fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1, maxLength: 5 }),
    );
    fc.assert(
      fc.property(valueSets, (sets) => {
        const overlap = toOverlap(sets.map((feeds) => ({ feeds, first: null, count: 1 })));
        for (const { one, other, shared } of overlap.pairs)
          expect(shared).toBe(sets.filter((feeds) => feeds.includes(one) && feeds.includes(other)).length);
        for (const { feedId, values, unique } of overlap.feeds) {
          expect(values).toBe(sets.filter((feeds) => feeds.includes(feedId)).length);
          expect(unique).toBe(sets.filter((feeds) => feeds.length === 1 && feeds[0] === feedId).length);
        }
        expect(overlap.values).toBe(sets.length);
      }),
    );
  });
});
