import { describe, expect, it } from "vitest";

import { paceNow, paceOf } from "./push-pace";

const counts = { accepted: 900, removed: 50, failed: 50, skipped: 7 };
const at = (seconds: number) => new Date(Date.UTC(2026, 10, 29, 12, 0, seconds));

describe("the pace of a push", () => {
  it("is of what was answered, over all the time that it took", () => {
    expect(paceOf({ startedAt: at(0), finishedAt: at(30), counts })).toEqual({
      tookMs: 30_000,
      aMinute: 2_000,
    });
  });

  it("is not told before it has ended, nor of a moment, nor of nothing", () => {
    expect(paceOf({ startedAt: at(0), finishedAt: null, counts })).toBeNull();
    expect(paceOf({ startedAt: null, finishedAt: null, counts })).toBeNull();
    expect(paceOf({ startedAt: at(5), finishedAt: at(5), counts })?.aMinute).toBeNull();
    const nothing = { accepted: 0, removed: 0, failed: 0, skipped: 3 };
    expect(paceOf({ startedAt: at(0), finishedAt: at(30), counts: nothing })?.aMinute).toBeNull();
  });
});

describe("the pace of a push under way", () => {
  it.each([
    ["by what was answered lately", { answered: 19_234, seconds: 120, left: 80_000 }, [9_600, 500]],
    ["to two digits", { answered: 29_876, seconds: 120, left: 1 }, [15_000, 1]],
    ["where little is answered", { answered: 1, seconds: 120, left: 3 }, [0.5, 360]],
  ])("is told %s", (_, measured, [aMinute, secondsLeft]) => {
    expect(paceNow(measured)).toEqual({ aMinute, secondsLeft });
  });

  it.each([
    ["it has only begun, and what may leave at once is most of it", { seconds: 29.9 }],
    ["nothing was answered", { answered: 0 }],
    ["nothing is left", { left: 0 }],
  ])("is not told where %s", (_, odd) => {
    expect(paceNow({ answered: 500, seconds: 60, left: 500, ...odd })).toBeNull();
  });
});
