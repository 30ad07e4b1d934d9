import { describe, expect, it } from "vitest";

import { formatRelative } from "@/components/ui/format-time";

import {
  announcedAfterMove,
  daysLeft,
  describeLeft,
  dueThreshold,
  lifeStateOf,
  lifeWords,
  reachedThreshold,
} from "./credential-life";

const NOW = new Date("2026-11-29T12:00:00Z");
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const secret = (expiresAt: Date | null, refusedAt: Date | null = null) =>
  ({ kind: "secret", expiresAt, refusedAt }) as const;

describe("the life of a credential", () => {
  it.each([
    [61, null],
    [60, 60],
    [31, 60],
    [30, 30],
    [14, 14],
    [8, 14],
    [7, 7],
    [2, 7],
    [1, 1],
    [0.2, 1],
    [0, 0],
    [-3, 0],
  ])("with %s days left has reached the threshold %s", (days, threshold) => {
    expect(reachedThreshold(inDays(days), NOW)).toBe(threshold);
  });

  it("announces each threshold once, and a lower one anew", () => {
    const announced: number[] = [];
    for (let days = 90; days >= -5; days -= 0.5) {
      const now = inDays(-days);
      const due = dueThreshold(NOW, announced.at(-1) ?? null, now);
      if (due !== null) announced.push(due);
    }
    expect(announced).toEqual([60, 30, 14, 7, 1, 0]);
  });

  it("leaves out thresholds that were passed while nobody looked", () => {
    expect(dueThreshold(inDays(5), null, NOW)).toBe(7);
    expect(dueThreshold(inDays(5), 7, NOW)).toBeNull();
  });

  it.each([
    ["by hours within what was announced", 20, 20.4, 30, 30],
    ["by hours over a threshold", 29.8, 30.3, 30, 30],
    ["by days within what was announced", 20, 25, 30, 30],
    ["to another threshold", 6, 20, 7, null],
    ["far away", 6, 365, 7, null],
    ["nearer, to another threshold", 40, 10, 60, null],
    ["while nothing was announced", 90, 120, null, null],
  ])(
    "that is told anew, %s, counts as announced: %s, then %s days left",
    (_how, was, is, announced, kept) => {
      const moved = { before: inDays(was), after: inDays(is), announced };
      expect(announcedAfterMove(moved, NOW)).toBe(kept);
    },
  );

  it("forgets what was announced with the end itself", () => {
    expect(announcedAfterMove({ before: inDays(6), after: null, announced: 7 }, NOW)).toBeNull();
  });

  it.each([
    [6.4, "6 days left", "in 6 days"],
    [5.99, "5 days left", "in 5 days"],
    [1.5, "1 day left", "in 1 day"],
    [0.5, "less than a day left", "in 12 hr"],
  ])("with %s days left is counted as every other time on screen", (days, words, relative) => {
    expect([describeLeft(inDays(days), NOW), formatRelative(inDays(days), NOW)]).toEqual([words, relative]);
  });

  it("has no days left once it is over", () => {
    expect(daysLeft(inDays(-3), NOW)).toBe(0);
  });

  it("believes Microsoft's refusal before the calendar", () => {
    expect(lifeStateOf(secret(inDays(300), NOW), NOW)).toBe("refused");
    expect(lifeWords(secret(inDays(300), NOW), NOW)).toContain("not accepted");
  });

  it.each([
    [secret(inDays(300)), "good", "expires in 300 days"],
    [secret(inDays(0.5)), "expiring", "expires within a day"],
    [secret(inDays(1.5)), "expiring", "expires in 1 day"],
    [secret(inDays(60.5)), "good", "expires in 60 days"],
    [secret(inDays(-1)), "expired", "has expired"],
    [secret(null), "unknown", "nobody told"],
    [{ ...secret(null), kind: "managed-identity" } as const, "endless", "has no end"],
  ])("%# is told in words", (life, state, words) => {
    expect(lifeStateOf(life, NOW)).toBe(state);
    expect(lifeWords(life, NOW)).toContain(words);
  });
});
