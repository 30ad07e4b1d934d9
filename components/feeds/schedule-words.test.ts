import { expect, it } from "vitest";

import { lowerFirst } from "@/components/ui/lower-first";

import { describeSchedule, describeUnplanned, describeWhen } from "./schedule-words";

it.each([
  [null, "Only by hand"],
  [45, "Every 45 min"],
  [60, "Every hour"],
  [90, "Every 90 min"],
  [360, "Every 6 h"],
  [1_440, "Every day"],
  [43_200, "Every 30 days"],
])("says %s minutes as %s", (minutes, words) => {
  expect(describeSchedule(minutes)).toBe(words);
});

it.each([
  ["follows its source", { kind: "subscription" }],
  ["only by hand", { kind: "upload" }],
  ["every hour", { everyMinutes: 60 }],
  ["0 7 * * 1-5 (Europe/Berlin)", { cron: "0 7 * * 1-5", timeZone: "Europe/Berlin" }],
])("says %s beside the next run", (words, feed) => {
  expect(
    lowerFirst(describeWhen({ kind: "csv", everyMinutes: null, cron: null, timeZone: null, ...feed })),
  ).toBe(words);
});

it("does not call a subscription unplanned: it runs with its source", () => {
  expect(describeUnplanned("subscription")).toBe("with its source");
  expect(describeUnplanned("upload")).toBe("none planned");
});
