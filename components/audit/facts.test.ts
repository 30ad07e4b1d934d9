import { expect, it } from "vitest";

import { toFacts } from "./facts";

it.each([
  [null, ""],
  ["text", ""],
  [{ name: "X", added: 3, tags: ["a", "b"] }, "name: X · added: 3 · tags: a, b"],
  [{ before: { role: "viewer" } }, 'before: {"role":"viewer"}'],
])("reads %j as one line", (detail, line) => {
  expect(toFacts(detail)).toBe(line);
});

it("cuts what is too long", () => {
  expect(toFacts({ values: "x".repeat(1_000) })).toHaveLength(401);
});
