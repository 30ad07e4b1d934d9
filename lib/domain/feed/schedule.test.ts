import fc from "fast-check";
import { expect, it } from "vitest";

import { isOverdue, nextRunAt } from "./schedule";

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

it("is overdue a whole interval after its next run or a waiting one was due, unless it is paused", () => {
  const at = (time: string) => new Date(`2026-11-24T${time}Z`);
  const feed = { enabled: true, everyMinutes: 30, nextRunAt: at("07:29:59"), lastRun: null };
  const queued = { state: "queued", queuedAt: at("07:29:59") };

  expect(isOverdue(feed, now)).toBe(true);
  expect(isOverdue({ ...feed, nextRunAt: at("07:30:00") }, now)).toBe(false);
  expect(isOverdue({ ...feed, enabled: false }, now)).toBe(false);
  expect(isOverdue({ ...feed, nextRunAt: null, lastRun: queued }, now)).toBe(true);
  expect(isOverdue({ ...feed, nextRunAt: null, lastRun: { ...queued, state: "running" } }, now)).toBe(false);
  expect(isOverdue({ ...feed, nextRunAt: null }, now)).toBe(false);
  expect(isOverdue({ ...feed, everyMinutes: null, nextRunAt: at("06:59:59") }, now)).toBe(true);
  expect(isOverdue({ ...feed, everyMinutes: null }, now)).toBe(false);
});
