import { expect, it } from "vitest";

import { noCounts } from "@/lib/domain/feed/preview";

import { describeBarren } from "./barren-preview";

const NONE = noCounts();

it.each([
  ["A run would bring no indicator: it holds no row, only comments or nothing at all.", {}, true],
  ["No indicator is in what was read: it holds no whole row.", {}, false],
  ["A run would bring no indicator: 1,200 rows without a value.", { lines: 1_200 }, true],
  [
    "A run would bring no indicator: 2 rows with 3 values, of which 2 rejected, 1 excluded.",
    { lines: 2, values: 3, rejected: 2, excluded: 1 },
    true,
  ],
  [
    "A run would bring no indicator: 2 rows with 2 values, of which 1 kept in by the built-in allowlist, 1 duplicate.",
    { lines: 2, values: 2, allowlisted: 1, duplicate: 1 },
    true,
  ],
  [null, { lines: 2, values: 2, indicators: 1, rejected: 1 }, true],
])("says %s", (sentence, counts, isWhole) => {
  expect(describeBarren({ counts: { ...NONE, ...counts }, isWhole })).toBe(sentence);
});
