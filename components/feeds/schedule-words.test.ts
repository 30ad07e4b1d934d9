import { expect, it } from "vitest";

import { describeSchedule } from "./schedule-words";

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
