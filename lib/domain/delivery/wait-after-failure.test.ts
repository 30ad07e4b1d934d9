import { describe, expect, it } from "vitest";

import { lateBy, waitAfterFailure } from "./wait-after-failure";

const ordinary = { isUrgent: false, jitter: 1 };

describe("how long a push waits when nothing answers", () => {
  it("tries a stumble again within seconds, with its worker", () => {
    const waits = [1, 2, 3].map((failures) => waitAfterFailure(failures, ordinary));
    expect(waits).toEqual([500, 1_000, 2_000].map((waitMs) => ({ isInPlace: true, waitMs })));
  });

  it("gives the worker back after that, and waits from half a minute to a quarter of an hour", () => {
    const minutes = [4, 5, 6, 7, 8, 9, 10, 2_000].map(
      (failures) => waitAfterFailure(failures, ordinary).waitMs / 60_000,
    );
    expect(minutes).toEqual([0.5, 1, 2, 4, 8, 15, 15, 15]);
    expect(waitAfterFailure(4, ordinary).isInPlace).toBe(false);
  });

  it("asks every minute for what a person waits for", () => {
    const waits = [4, 5, 9].map((failures) => waitAfterFailure(failures, { ...ordinary, isUrgent: true }));
    expect(waits.map(({ waitMs }) => waitMs)).toEqual([30_000, 60_000, 60_000]);
  });

  it.each([
    [1_000, 100],
    [12_000, 1_200],
    [3_600_000, 3_000],
    [0, 0],
  ])(
    "spreads those that were told to wait %d ms over the %d ms after it, and sends none earlier",
    (told, most) => {
      expect([0, 0.5, 1].map((jitter) => lateBy(told, jitter))).toEqual([0, most / 2, most]);
    },
  );

  it("spreads what failed at the same moment", () => {
    for (const failures of [1, 4, 40]) {
      const [least, most] = [0, 1].map((jitter) => waitAfterFailure(failures, { isUrgent: false, jitter }));
      expect(least?.waitMs).toBeLessThan(most?.waitMs ?? 0);
      expect(least?.waitMs).toBeGreaterThan((most?.waitMs ?? 0) / 3);
    }
  });
});
