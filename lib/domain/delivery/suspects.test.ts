import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chooseSuspects, isGivenUp, isSuspect, type SentBefore } from "./suspects";

const LIMIT = 500;
const sentBefore = (id: number, unanswered = 4, isBlamed = false): SentBefore => ({
  id: String(id),
  unanswered,
  isBlamed,
});

/** Sends suspects until all but the bad are answered and these are given up, as a push does; gives which were, and by how many requests. */
const search = (count: number, bad: ReadonlySet<number>) => {
  let suspects = Array.from({ length: count }, (_, id) => sentBefore(id));
  const givenUp: number[] = [];
  let [failures, requests] = [4, 0];
  while (suspects.length > 0 && requests < 5_000) {
    const fresh = suspects.filter((one) => !isSuspect(one));
    const chosen = fresh.length > 0 ? fresh.slice(0, LIMIT) : chooseSuspects(suspects, LIMIT);
    const part = new Set(chosen.map(({ id }) => id));
    requests += 1;
    if (![...part].some((id) => bad.has(Number(id)))) {
      failures = 0;
      suspects = suspects
        .filter(({ id }) => !part.has(id))
        .map((one) => (isSuspect(one) ? { ...one, unanswered: 0, isBlamed: true } : one));
      continue;
    }
    failures += 1;
    suspects = suspects.map((one) => (part.has(one.id) ? { ...one, unanswered: one.unanswered + 1 } : one));
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
    expect([0, 3, 4, 5].map((unanswered) => isSuspect(sentBefore(1, unanswered)))).toEqual([
      ...[false, false, true, true],
    ]);
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

  it("that are none are all sent at once when an outage is over", () => {
    expect(search(500, new Set())).toEqual({ givenUp: [], requests: 2 });
  });

  it("take turns where nothing at all is answered, and none is given up", () => {
    let suspects = [1, 2, 3].map((id) => sentBefore(id));
    for (let failures = 5; failures < 200; failures += 1) {
      const chosen = new Set(chooseSuspects(suspects, LIMIT).map(({ id }) => id));
      suspects = suspects.map((one) =>
        chosen.has(one.id) ? { ...one, unanswered: one.unanswered + 1 } : one,
      );
      expect(suspects.some((one) => isGivenUp(one, failures))).toBe(false);
    }
    expect(Math.min(...suspects.map(({ unanswered }) => unanswered))).toBeGreaterThan(50);
  });

  it("are not given up in an outage that begins while one is looked for", () => {
    let suspects = Array.from({ length: 64 }, (_, id) => sentBefore(id, 0, true));
    let failures = 0;
    for (let tries = 0; tries < 500; tries += 1) {
      const fresh = suspects.filter((one) => !isSuspect(one));
      const chosen = new Set(
        (fresh.length > 0 ? fresh : chooseSuspects(suspects, LIMIT)).map(({ id }) => id),
      );
      failures += 1;
      suspects = suspects.map((one) =>
        chosen.has(one.id) ? { ...one, unanswered: one.unanswered + 1 } : one,
      );
      const [only] = suspects.filter(({ id }) => chosen.has(id));
      expect(chosen.size === 1 && only !== undefined && isGivenUp(only, failures)).toBe(false);
    }
  });
});
