import { describe, expect, it } from "vitest";

import { paceOf } from "./push-pace";

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
