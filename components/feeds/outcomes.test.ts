import { expect, it } from "vitest";

import { sumOfOutcomes } from "./outcomes";

it("adds up exactly the outcomes that the contract names, and neither rows, removals nor what is live", () => {
  const counts = {
    lines: 1_000_000,
    values: 127,
    added: 1,
    changed: 2,
    unchanged: 4,
    duplicate: 8,
    excluded: 16,
    allowlisted: 32,
    rejected: 64,
    removed: 2_000_000,
    active: 3_000_000,
  };

  expect(sumOfOutcomes(counts)).toBe(counts.values);
});
