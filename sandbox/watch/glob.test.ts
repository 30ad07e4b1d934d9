import { expect, it } from "vitest";

import { matchesGlob } from "./glob";

it.each([
  ["*", "/anything", true],
  ["/a", "/a", true],
  ["/a", "/ab", false],
  ["/A", "/a", true],
  ["/a/*", "/a/b/c", true],
  ["*/import", "/defender/api/indicators/import", true],
  ["/defender/*/indicators", "/defender/api/v1.0/indicators", true],
  ["/defender/*/indicators", "/defender/api/indicators/5", false],
  ["a*a", "a", false],
  ["a*b*c", "a-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["a*bc*c", "abc", false],
])("%s against %s is %s", (pattern, path, expected) => {
  expect(matchesGlob(pattern, path)).toBe(expected);
});
