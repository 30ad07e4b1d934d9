import fc from "fast-check";
import { expect, it } from "vitest";

import { nextRunAt } from "./schedule";

const now = new Date("2026-11-24T08:00:00Z");

it("never runs a paused feed or one without a period by itself", () => {
  expect(nextRunAt({ enabled: false, everyMinutes: 60 }, now, 0.5)).toBeNull();
  expect(nextRunAt({ enabled: true, everyMinutes: null }, now, 0.5)).toBeNull();
});

it("is due after the period and at most 5 % later", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 10_080 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (everyMinutes, spread) => {
        const due = nextRunAt({ enabled: true, everyMinutes }, now, spread);
        const afterMs = (due?.getTime() ?? 0) - now.getTime();

        expect(afterMs).toBeGreaterThanOrEqual(everyMinutes * 60_000);
        expect(afterMs).toBeLessThanOrEqual(everyMinutes * 63_000);
      },
    ),
  );
});
