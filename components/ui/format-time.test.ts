import { describe, expect, it } from "vitest";

import { formatDuration, formatExact, formatExactBoth, formatRelative } from "./format-time";

const NOW = new Date("2026-11-24T12:00:00Z");
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("a relative time", () => {
  it.each([
    [0, "just now"],
    [-9 * SECOND, "just now"],
    [9 * SECOND, "just now"],
    [-42 * SECOND, "42 sec ago"],
    [-4 * MINUTE, "4 min ago"],
    [-59 * MINUTE - 59 * SECOND, "59 min ago"],
    [-HOUR, "1 hr ago"],
    [-23 * HOUR, "23 hr ago"],
    [-DAY, "1 day ago"],
    [12 * DAY, "in 12 days"],
    [-13 * DAY, "13 days ago"],
    [-21 * DAY, "3 wk ago"],
    [-90 * DAY, "2 mo ago"],
    [400 * DAY, "in 1 yr"],
  ])("of %d ms reads %s", (differenceMs, expected) => {
    expect(formatRelative(new Date(NOW.getTime() + differenceMs), NOW)).toBe(expected);
  });

  it("never overstates an age", () => {
    expect(formatRelative(new Date(NOW.getTime() - (2 * HOUR - 1)), NOW)).toBe("1 hr ago");
  });
});

describe("an exact time", () => {
  it("names its zone", () => {
    expect(formatExact(NOW)).toBe("24 Nov 2026, 12:00:00 UTC");
    expect(formatExact(NOW, "Europe/Berlin")).toBe("24 Nov 2026, 13:00:00 CET");
  });

  it("stands beside UTC in the reader's zone, and alone where both are one", () => {
    expect(formatExactBoth(NOW, "Europe/Berlin")).toBe(
      "24 Nov 2026, 13:00:00 CET (Europe/Berlin)\n24 Nov 2026, 12:00:00 UTC",
    );
    expect(formatExactBoth(NOW, "UTC")).toBe("24 Nov 2026, 12:00:00 UTC");
    expect(formatExactBoth(NOW, null)).toBe("24 Nov 2026, 12:00:00 UTC");
  });
});

describe("a duration", () => {
  it.each([
    [0, "0 ms"],
    [850, "850 ms"],
    [8_240, "8.2 s"],
    [9_999, "9.9 s"],
    [42_000, "42 s"],
    [128_000, "2 min 8 s"],
    [120_000, "2 min"],
    [3_900_000, "1 h 5 min"],
  ])("of %d ms reads %s", (durationMs, expected) => {
    expect(formatDuration(durationMs)).toBe(expected);
  });
});
