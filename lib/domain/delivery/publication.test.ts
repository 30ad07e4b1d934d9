import { describe, expect, it } from "vitest";

import { wasNotPublished } from "./publication";

const NOW = new Date("2026-11-29T12:00:00Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 3_600_000);

const LONG_AGO = { publishedAt: null, acceptedAt: daysAgo(30), refreshedAt: null, refreshTakenAt: null };
type Times = Partial<Parameters<typeof wasNotPublished>[0]>;

describe("a record that Sentinel is to publish again", () => {
  it.each<[string, Times, boolean]>([
    ["was published lately", { publishedAt: daysAgo(8) }, false],
    ["was not for 12 days", { publishedAt: daysAgo(12) }, true],
    ["was just accepted, whatever is shown", { publishedAt: daysAgo(20), acceptedAt: daysAgo(3) }, false],
    ["does not say, and was sent long ago", { publishedAt: null }, true],
    ["does not say, and was sent lately", { publishedAt: null, acceptedAt: daysAgo(11) }, false],
    [
      "was taken again, though the time stands still",
      { publishedAt: daysAgo(30), refreshedAt: daysAgo(11), refreshTakenAt: daysAgo(11) },
      false,
    ],
    [
      "was taken again 12 days ago, and the time stands still",
      { publishedAt: daysAgo(30), refreshedAt: daysAgo(12), refreshTakenAt: daysAgo(12) },
      true,
    ],
    [
      "was sent again just now, without an answer",
      { publishedAt: daysAgo(30), refreshedAt: daysAgo(0.5) },
      false,
    ],
    [
      "was sent again yesterday, without an answer",
      { publishedAt: daysAgo(30), refreshedAt: daysAgo(1) },
      true,
    ],
  ])("that %s: sent again or not", (_, times, expected) => {
    expect(wasNotPublished({ ...LONG_AGO, ...times }, { withinDays: 12, now: NOW })).toBe(expected);
  });
});
