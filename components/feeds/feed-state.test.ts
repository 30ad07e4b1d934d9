import { describe, expect, it } from "vitest";

import { compareFeeds, judgeFeedState, type FeedFacts } from "./feed-state";

const NOW = new Date("2026-11-24T08:00:00Z");
const HEALTHY: FeedFacts = {
  kind: "csv",
  enabled: true,
  everyMinutes: 60,
  nextRunAt: new Date("2026-11-24T08:30:00Z"),
  lastRun: { state: "succeeded", queuedAt: NOW },
  lastGoodRunAt: new Date("2026-11-24T07:30:00Z"),
  heldRunId: null,
  failureStreak: 0,
  isStale: false,
  barrenBecause: null,
  refusedRunId: null,
};

describe("how a feed is doing", () => {
  it.each([
    ["is healthy after a good run", {}, "healthy"],
    ["is new before its first run", { lastRun: null, lastGoodRunAt: null }, "new"],
    ["runs while a run waits", { lastRun: { state: "queued", queuedAt: NOW } }, "running"],
    [
      "runs while a run works, whatever went before",
      { lastRun: { state: "running", queuedAt: NOW }, failureStreak: 3 },
      "running",
    ],
    [
      "is held even when a later run found nothing new",
      { lastRun: { state: "unchanged", queuedAt: NOW }, heldRunId: "run" },
      "held",
    ],
    ["is held although it was switched off", { enabled: false, heldRunId: "run" }, "held"],
    ["is stale without a good run for too long", { isStale: true }, "stale"],
    ["gives what was discarded", { refusedRunId: "run", isStale: true }, "refused"],
    ["fails since, which comes first", { refusedRunId: "run", failureStreak: 1 }, "failing"],
    ["gives nothing although its runs are good", { barrenBecause: "None is live." }, "barren"],
    ["fails after one failure", { lastRun: { state: "failed", queuedAt: NOW }, failureStreak: 1 }, "failing"],
    [
      "is off, and then an old failure needs nobody",
      { enabled: false, failureStreak: 2, nextRunAt: null },
      "off",
    ],
    ["is overdue a whole interval late", { nextRunAt: new Date("2026-11-24T06:59:59Z") }, "overdue"],
    [
      "is overdue when its run has waited for a whole interval",
      { lastRun: { state: "queued", queuedAt: new Date("2026-11-24T06:59:59Z") }, lastGoodRunAt: null },
      "overdue",
    ],
    ["is not overdue within its interval", { nextRunAt: new Date("2026-11-24T07:00:01Z") }, "healthy"],
    ["is never overdue when it runs by hand", { everyMinutes: null, nextRunAt: null }, "healthy"],
  ] as const)("%s", (_name, change, state) => {
    expect(judgeFeedState({ ...HEALTHY, ...change }, NOW)).toBe(state);
  });

  it("never calls a team's own list off: it has no schedule to switch", () => {
    const own = { ...HEALTHY, kind: "local", enabled: false, everyMinutes: null, nextRunAt: null };

    expect(judgeFeedState(own, NOW)).toBe("healthy");
  });
});

it("puts the sick feeds first and equals in the order of their names", () => {
  const feeds = [
    { name: "b", state: "healthy" },
    { name: "a", state: "healthy" },
    { name: "z", state: "held" },
    { name: "y", state: "failing" },
  ] as const;

  expect(feeds.toSorted(compareFeeds).map(({ name }) => name)).toStrictEqual(["y", "z", "a", "b"]);
});
