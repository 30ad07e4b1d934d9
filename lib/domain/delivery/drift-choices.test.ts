import { expect, it } from "vitest";

import { holdOf } from "./drift-choices";

it.each([
  ["restore", null, null],
  ["restore", "restore", null],
  ["restore", "ignore", "left"],
  ["ask", null, "waits"],
  ["ask", "restore", null],
  ["ask", "ignore", "left"],
] as const)("where drift is to %s and somebody chose %s, it is held back as %s", (mode, choice, hold) => {
  expect(holdOf(mode, choice)).toBe(hold);
});
