import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chooseSuspects, isGivenUp, isSuspect, type SentBefore } from "./suspects";

const LIMIT = 500;
const sentBefore = (id: number, unanswered = 4, isBlamed = false): SentBefore => ({
  id: String(id),
  unanswered,
  isBlamed,
});

type World = {
  /** After so many failures in a row something else is answered by the same destination. */
  answersElsewhereAfter?: number;
};

/** What an answer means for those that were not answered before. */
const blame = (suspects: readonly SentBefore[]): SentBefore[] =>
  suspects.map((one) => (!one.isBlamed && isSuspect(one) ? { ...one, unanswered: 0, isBlamed: true } : one));

/**
 * Sends suspects until all but the bad are answered and these are given up, as a push does; gives which were and which are left, and by
 * how many requests.
 */
const search = (
  count: number,
  bad: ReadonlySet<number>,
  { answersElsewhereAfter = Number.POSITIVE_INFINITY }: World = {},
) => {
  let suspects = Array.from({ length: count }, (_, id) => sentBefore(id));
  const givenUp: number[] = [];
  let [failures, requests] = [4, 0];
  while (suspects.length > 0 && requests < 3_000) {
    if (failures > answersElsewhereAfter) [failures, suspects] = [0, blame(suspects)];
    const fresh = suspects.filter((one) => !isSuspect(one));
    const chosen =
      fresh.length > 0 ? fresh.slice(0, LIMIT) : chooseSuspects(suspects, { limit: LIMIT, failures });
    const part = new Set(chosen.map(({ id }) => id));
    requests += 1;
    if (![...part].some((id) => bad.has(Number(id)))) {
      failures = 0;
      suspects = blame(suspects.filter(({ id }) => !part.has(id)));
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
  const left = suspects.map(({ id }) => Number(id));
  return { givenUp: inOrder(givenUp), left, requests };
};

const inOrder = (ids: Iterable<number>): number[] => [...ids].sort((one, other) => one - other);

describe("records that nothing answers", () => {
  it("are suspected once all quick tries and one after a pause were in vain", () => {
    expect([0, 3, 4, 5].map((unanswered) => isSuspect(sentBefore(1, unanswered)))).toEqual([
      ...[false, false, true, true],
    ]);
  });

  const someBad = (most: number) =>
    fc
      .tuple(fc.integer({ min: 2, max: 600 }), fc.array(fc.nat(), { minLength: 1, maxLength: most }))
      .map(([count, picks]) => ({ count, bad: new Set(picks.map((pick) => pick % count)) }))
      .filter(({ count, bad }) => bad.size < count);

  it("are told apart from all others however many they are, and no other is given up", () => {
    fc.assert(
      fc.property(someBad(30), ({ count, bad }) => {
        const { givenUp, left, requests } = search(count, bad, { answersElsewhereAfter: 40 });
        expect({ givenUp, left }).toEqual({ givenUp: inOrder(bad), left: [] });
        expect(requests).toBeLessThan(600);
      }),
    );
  });

  it("keep none of the others waiting, even where nothing else is ever answered", () => {
    fc.assert(
      fc.property(someBad(30), ({ count, bad }) => {
        const { givenUp, left } = search(count, bad);
        expect(inOrder([...givenUp, ...left])).toEqual(inOrder(bad));
      }),
    );
  });

  it.each([1, 5, 7, 10, 30])("are all found by themselves where %d are scattered among 500", (many) => {
    const bad = new Set(Array.from({ length: many }, (_, nth) => (nth * 149 + 7) % 500));
    const { givenUp, left, requests } = search(500, bad);
    expect({ givenUp, left }).toEqual({ givenUp: inOrder(bad), left: [] });
    expect(requests).toBeLessThan(450);
  });

  it("are found by few requests: one among five hundred by some thirty", () => {
    for (const place of [0, 250, 499]) expect(search(500, new Set([place])).requests).toBeLessThan(40);
  });

  it("that are none are all sent at once when an outage is over", () => {
    expect(search(500, new Set())).toEqual({ givenUp: [], left: [], requests: 2 });
  });

  it("take turns where nothing at all is answered, and none is given up", () => {
    let suspects = [1, 2, 3].map((id) => sentBefore(id));
    for (let failures = 5; failures < 200; failures += 1) {
      const chosen = new Set(chooseSuspects(suspects, { limit: LIMIT, failures }).map(({ id }) => id));
      suspects = suspects.map((one) =>
        chosen.has(one.id) ? { ...one, unanswered: one.unanswered + 1 } : one,
      );
      expect(suspects.some((one) => isGivenUp(one, failures))).toBe(false);
    }
    expect(Math.min(...suspects.map(({ unanswered }) => unanswered))).toBeGreaterThan(50);
  });

  it("go on being tried in an outage of weeks", () => {
    const suspects = [sentBefore(1, 10_000), sentBefore(2, 10_000)];
    expect(chooseSuspects(suspects, { limit: LIMIT, failures: 10_000 })).toHaveLength(1);
  });

  it("are not given up in an outage that begins while one is looked for", () => {
    let suspects = Array.from({ length: 64 }, (_, id) => sentBefore(id, 0, true));
    let failures = 0;
    for (let tries = 0; tries < 500; tries += 1) {
      const fresh = suspects.filter((one) => !isSuspect(one));
      const chosen = new Set(
        (fresh.length > 0 ? fresh : chooseSuspects(suspects, { limit: LIMIT, failures })).map(({ id }) => id),
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
