import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { describeFading, fade, MOST_HALVINGS } from "./fading";
import { addDays } from "./validity";

const SEEN = new Date("2026-06-01T12:00:00Z");
const rule = { halfLifeDays: 30, floor: 10 };
const after = (days: number, confidence = 80, other = rule) =>
  fade({ confidence, sightedAt: SEEN, rule: other }, addDays(SEEN, days));

describe("fade", () => {
  it.each([
    [0, 80, 0],
    [29.99, 80, 0],
    [30, 40, 1],
    [59.99, 40, 1],
    [60, 20, 2],
    [90, 10, 3],
    [10_000, 0, MOST_HALVINGS],
  ])("after %d days without a sighting: 80 is %d", (days, confidence, halvings) => {
    expect(after(days)).toMatchObject({ confidence, halvings });
  });

  it.each([
    [80, 10, 90],
    [80, 0, 210],
    [80, 40, 30],
    // What was at the floor when it came has not faded to it.
    [5, 10, 30],
    [0, 0, 30],
    [100, 50, 30],
  ])("%d with the floor %d ends after %d days", (confidence, floor, days) => {
    expect(after(0, confidence, { halfLifeDays: 30, floor }).endsAt).toEqual(addDays(SEEN, days));
  });

  it("takes a sighting in the future for one now", () => {
    expect(fade({ confidence: 80, sightedAt: addDays(SEEN, 5), rule }, SEEN)).toMatchObject({
      confidence: 80,
    });
  });

  const facts = fc.record({
    confidence: fc.integer({ min: 0, max: 100 }),
    rule: fc.record({
      halfLifeDays: fc.integer({ min: 1, max: 400 }),
      floor: fc.integer({ min: 0, max: 99 }),
    }),
  });
  const age = fc.double({ min: 0, max: 4_000, noNaN: true });

  it("never rises, never goes below nothing, and is what it was until a whole half-life has passed", () => {
    fc.assert(
      fc.property(facts, age, age, ({ confidence, rule: any }, one, other) => {
        const [earlier, later] = [Math.min(one, other), Math.max(one, other)];
        const [first, last] = [after(earlier, confidence, any), after(later, confidence, any)];
        expect(first.confidence).toBeLessThanOrEqual(confidence);
        expect(last.confidence).toBeLessThanOrEqual(first.confidence);
        expect(last.confidence).toBeGreaterThanOrEqual(0);
        const isSameStep = Math.floor(earlier / any.halfLifeDays) === Math.floor(later / any.halfLifeDays);
        expect(!isSameStep || last.confidence === first.confidence).toBe(true);
      }),
    );
  });

  it("changes at most seven times before it is seen again, whatever the rule", () => {
    fc.assert(
      fc.property(facts, ({ confidence, rule: any }) => {
        const steps = new Set<number>();
        for (let step = 0; step < 20; step += 1)
          steps.add(after(step * any.halfLifeDays, confidence, any).halvings);
        expect(steps.size - 1).toBeLessThanOrEqual(MOST_HALVINGS);
      }),
    );
  });

  it("ends exactly when the halved confidence has reached the floor", () => {
    fc.assert(
      fc.property(facts, age, ({ confidence, rule: any }, days) => {
        const now = addDays(SEEN, days);
        const faded = fade({ confidence, sightedAt: SEEN, rule: any }, now);
        expect(faded.endsAt <= now).toBe(faded.halvings > 0 && faded.confidence <= any.floor);
      }),
    );
  });

  it("is reset by a sighting: only the time since then counts", () => {
    fc.assert(
      fc.property(facts, age, age, ({ confidence, rule: any }, days, seenAgain) => {
        const sightedAt = addDays(SEEN, seenAgain);
        expect(fade({ confidence, sightedAt, rule: any }, addDays(sightedAt, days)).confidence).toBe(
          after(days, confidence, any).confidence,
        );
      }),
    );
  });
});

describe("describeFading", () => {
  it("says what fading made of it, and nothing where it made nothing of it", () => {
    const facts = { confidence: 80, sightedAt: SEEN, rule };

    expect(describeFading(facts, addDays(SEEN, 30))).toBe(
      "Confidence 80 → 40: 30 days without a sighting, half-life 30 days.",
    );
    expect(describeFading(facts, addDays(SEEN, 29))).toBeNull();
    expect(describeFading({ ...facts, rule: { halfLifeDays: 1, floor: 0 } }, addDays(SEEN, 1))).toBe(
      "Confidence 80 → 40: 1 day without a sighting, half-life 1 day.",
    );
  });
});
