import { expect, it } from "vitest";

import { logLevel } from "./log-level";

it.each([
  [undefined, "info"],
  ["", "info"],
  [" ", "info"],
  ["warn", "warn"],
])("reads LOG_LEVEL %j as %s", (level, expected) => {
  expect(logLevel({ LOG_LEVEL: level })).toBe(expected);
});
