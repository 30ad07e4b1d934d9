import fc from "fast-check";
import { expect, it } from "vitest";

import { nextRunAt } from "./schedule";

const now = new Date("2026-11-24T08:00:00Z");

const NO_CRON = { cron: null, timeZone: null };

it("never runs a paused feed or one without a period by itself", () => {
  expect(nextRunAt({ ...NO_CRON, enabled: false, everyMinutes: 60 }, now, 0.5)).toBeNull();
  expect(nextRunAt({ ...NO_CRON, enabled: true, everyMinutes: null }, now, 0.5)).toBeNull();
});

it("with a cron line is due at its next moment, in the feed's own time zone", () => {
  const nightly = { enabled: true, everyMinutes: null, cron: "15 3 * * *", timeZone: "Europe/Vienna" };

  expect(nextRunAt(nightly, now, 0)).toEqual(new Date("2026-11-25T02:15:00Z"));
  expect(nextRunAt(nightly, now, 1)).toEqual(new Date("2026-11-25T02:15:30Z"));
  expect(nextRunAt({ ...nightly, enabled: false }, now, 0)).toBeNull();
});

it("is due after the period and at most 5 % later", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 10_080 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (everyMinutes, spread) => {
        const due = nextRunAt({ ...NO_CRON, enabled: true, everyMinutes }, now, spread);
        const afterMs = (due?.getTime() ?? 0) - now.getTime();

        expect(afterMs).toBeGreaterThanOrEqual(everyMinutes * 60_000);
        expect(afterMs).toBeLessThanOrEqual(everyMinutes * 63_000);
      },
    ),
  );
});
