import { expect, it } from "vitest";

import { gatherCandidates } from "./candidates";

it("counts all that is no value, however much of it there is, and shows the first thousand", () => {
  const parts = [
    { name: "Header", text: "10.0.0.300" },
    { name: "Text", text: "10.0.0.999\n".repeat(130_000) },
  ];
  const { candidates, rejected, rejectedCount } = gatherCandidates({ parts, files: [] });
  expect(candidates).toEqual([]);
  expect(rejectedCount).toBe(130_001);
  expect(rejected).toHaveLength(1_000);
  expect(rejected.slice(0, 2).map(({ part, line }) => [part, line])).toEqual([
    ["Header", 1],
    ["Text", 1],
  ]);
});
