import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chooseSuspects, isGivenUp, isSuspect } from "./suspects";

const LIMIT = 500;

/** Sends suspects until all but the bad are answered and these are given up, as a push does; gives which were, and by how many requests. */
const search = (count: number, bad: ReadonlySet<number>) => {
  let suspects = Array.from({ length: count }, (_, id) => ({ id: String(id), unanswered: 4 }));
  const givenUp: number[] = [];
  let [failures, requests] = [4, 0];
  while (suspects.length > 0 && requests < 5_000) {
    suspects.sort((one, other) => one.unanswered - other.unanswered || Number(one.id) - Number(other.id));
    const part = new Set(chooseSuspects(suspects, { failures, limit: LIMIT }).map(({ id }) => id));
    requests += 1;
    if (![...part].some((id) => bad.has(Number(id)))) {
      failures = 0;
      suspects = suspects.filter(({ id }) => !part.has(id));
      continue;
    }
    failures += 1;
    for (const one of suspects) if (part.has(one.id)) one.unanswered += 1;
    const [only, ...others] = suspects.filter(({ id }) => part.has(id));
    if (!only || others.length > 0 || !isGivenUp(only, failures)) continue;
    givenUp.push(Number(only.id));
    failures = 0;
    suspects = suspects.filter((one) => one !== only);
  }
  return { givenUp: givenUp.sort((one, other) => one - other), requests };
};

describe("records that nothing answers", () => {
  it("are suspected once all quick tries and one after a pause were in vain", () => {
    expect([0, 3, 4, 5].map((unanswered) => isSuspect({ unanswered }))).toEqual([false, false, true, true]);
  });

  it("are told apart from all others, and no other is given up", () => {
    const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 600 }), picks, (count, chosen) => {
        const bad = new Set(chosen.map((pick) => pick % count));
        fc.pre(bad.size < count);
        expect(search(count, bad).givenUp).toEqual([...bad].sort((one, other) => one - other));
      }),
    );
  });

  it("are found by few requests: one among five hundred by some thirty", () => {
    for (const place of [0, 250, 499]) expect(search(500, new Set([place])).requests).toBeLessThan(40);
  });

  it("take turns where nothing at all is answered, and none is given up", () => {
    const suspects = ["1", "2", "3"].map((id) => ({ id, unanswered: 4 }));
    for (let failures = 5; failures < 200; failures += 1) {
      suspects.sort((one, other) => one.unanswered - other.unanswered);
      for (const { id } of chooseSuspects(suspects, { failures, limit: LIMIT }))
        for (const one of suspects) if (one.id === id) one.unanswered += 1;
      expect(suspects.some((one) => isGivenUp(one, failures))).toBe(false);
    }
    expect(Math.min(...suspects.map(({ unanswered }) => unanswered))).toBeGreaterThan(50);
  });
});
