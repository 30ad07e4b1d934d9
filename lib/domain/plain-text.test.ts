import fc from "fast-check";
import { expect, it } from "vitest";

import { toPlainText } from "./plain-text";

it.each([
  ["plain", 20, "plain"],
  ["  two\r\n lines\t", 20, "two lines"],
  ["a\u0000b\u202Ec", 20, "a b c"],
  ["0123456789", 10, "0123456789"],
  ["0123456789x", 10, "012345678…"],
  ["abc 😀😀", 6, "abc…"],
  ["", 5, ""],
])("writes %j within %d as %j", (text, most, expected) => {
  expect(toPlainText(text, most)).toBe(expected);
});

it("never exceeds the limit, and never ends inside a character", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", " ", "\n", "é", "😀", "\u202E") }),
      fc.integer({ min: 1, max: 50 }),
      (text, most) => {
        const plain = toPlainText(text, most);

        expect(plain.length).toBeLessThanOrEqual(most);
        expect(plain).not.toMatch(/[\uD800-\uDBFF]…$/);
      },
    ),
  );
});
