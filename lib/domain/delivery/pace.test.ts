import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { keepRecent, roomNow, waitBeforeNext, type RateWindow } from "./pace";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Sends as soon as allowed, `thinkMs` after the last one, and gives the times of departure. */
const sendAll = (windows: readonly RateWindow[], thinkMs: readonly number[]): number[] => {
  const times: number[] = [];
  let kept: number[] = [];
  let now = 1_000_000;
  for (const think of thinkMs) {
    now += think;
    for (;;) {
      const waitMs = waitBeforeNext({ sentAt: kept, windows, blockedUntil: null, now });
      if (waitMs === 0) break;
      now += waitMs;
    }
    times.push(now);
    kept = [...keepRecent(kept, windows, now), now];
  }
  return times;
};

const mostInAny = (times: readonly number[], perMs: number): number => {
  let most = 0;
  times.forEach((start, index) => {
    most = Math.max(most, times.slice(index).filter((at) => at < start + perMs).length);
  });
  return most;
};

describe("waitBeforeNext", () => {
  it("never lets more than the limit into any sliding stretch", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 300 }),
        (max, thinkMs) => {
          const times = sendAll([{ max, perMs: MINUTE }], thinkMs);
          expect(mostInAny(times, MINUTE)).toBeLessThanOrEqual(max);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keeps the hourly limit as well", () => {
    const windows = [
      { max: 30, perMs: MINUTE },
      { max: 100, perMs: HOUR },
    ];
    const times = sendAll(
      windows,
      Array.from({ length: 250 }, () => 0),
    );
    expect(mostInAny(times, MINUTE)).toBeLessThanOrEqual(30);
    expect(mostInAny(times, HOUR)).toBeLessThanOrEqual(100);
  });

  it("lets a quarter of the limit leave at once, then goes on, so that what is left lasts for the minute", () => {
    const [first = 0, ...others] = sendAll(
      [{ max: 100, perMs: MINUTE }],
      Array.from({ length: 100 }, () => 0),
    );
    const delays = others.map((at) => at - first);
    expect(delays.slice(0, 25)).toEqual(Array.from({ length: 25 }, () => 0));
    const steps = delays.slice(26).map((delay, index) => delay - (delays[index + 25] ?? 0));
    expect(steps).toEqual(steps.map(() => 800));
  });

  it.each([0, 45, 120])("uses up the limit of every minute by requests that take %i ms", (takesMs) => {
    const times = sendAll(
      [{ max: 100, perMs: MINUTE }],
      Array.from({ length: 400 }, () => takesMs),
    );
    const [first = 0] = times;
    expect(times.filter((at) => at < first + 3 * MINUTE).length).toBeGreaterThanOrEqual(298);
  });

  it("waits as long as the vendor said", () => {
    const options = { sentAt: [], windows: [{ max: 30, perMs: MINUTE }], now: 5_000 };
    expect(waitBeforeNext({ ...options, blockedUntil: 13_000 })).toBe(8_000);
    expect(waitBeforeNext({ ...options, blockedUntil: 4_000 })).toBe(0);
  });

  it("keeps so many of a minute for what is urgent, which need not wait for the next", () => {
    const windows = [{ max: 100, perMs: MINUTE }];
    const now = 1_000_000;
    const sentAt = Array.from({ length: 90 }, (_, index) => now - 58_000 + index * 400);
    const ask = (reserved: number) => waitBeforeNext({ sentAt, windows, reserved, blockedUntil: null, now });

    expect(ask(10)).toBe(2_000);
    expect(ask(0)).toBe(0);
  });
});

describe("roomNow", () => {
  const windows = [{ max: 100, perMs: MINUTE }];
  const now = 1_000_000;
  const ask = (sentAt: number[], most: number) => roomNow({ sentAt, windows, blockedUntil: null, now }, most);

  it("is the burst where nothing was sent, and no more than is asked for", () => {
    expect(ask([], 100)).toBe(26);
    expect(ask([], 10)).toBe(10);
  });

  it("is one where requests leave as they may, and more where they take long", () => {
    const evenly = (stepMs: number) => Array.from({ length: 99 }, (_, index) => now - (99 - index) * stepMs);
    expect(ask(evenly(600), 10)).toBe(1);
    expect(ask(evenly(1_500), 10)).toBe(10);
  });

  it("is none while the vendor wants none", () => {
    expect(roomNow({ sentAt: [], windows, blockedUntil: now + 1, now }, 10)).toBe(0);
  });
});
