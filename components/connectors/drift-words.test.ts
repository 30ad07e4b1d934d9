import { describe, expect, it } from "vitest";

import { sayElsewhere } from "./drift-words";

describe("what is adopted goes as well", () => {
  it("nowhere else, where the team has no other connector", () => {
    expect(sayElsewhere([])).toBe("Your team has no other connector that it would go to as well.");
  });

  it("to the team's other connectors, the first of them by name", () => {
    expect(sayElsewhere(["Sentinel West"])).toContain("1 other connector (Sentinel West) sends it, too");
    expect(sayElsewhere(["A", "B", "C", "D", "E"])).toContain("5 other connectors (A, B, C and 2 more)");
  });
});
