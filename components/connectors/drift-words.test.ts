import { describe, expect, it } from "vitest";

import { sayElsewhere, sayStrangers } from "./drift-words";

describe("what is adopted goes as well", () => {
  it("nowhere else, where the team has no other connector", () => {
    expect(sayElsewhere([])).toBe("Your team has no other connector that it would go to as well.");
  });

  it("to the team's other connectors, the first of them by name", () => {
    expect(sayElsewhere(["Sentinel West"])).toContain("1 other connector (Sentinel West) sends it, too");
    expect(sayElsewhere(["A", "B", "C", "D", "E"])).toContain("5 other connectors (A, B, C and 2 more)");
  });
});

describe("what nobody here knows of", () => {
  const connector = { kind: "defender", strangers: { count: 2 } };

  it("asks for a decision only about what nobody decided about", () => {
    expect(sayStrangers(connector, 2)).toBe(
      "2 records of this application that Sluice did not send, or forgot. Adopt what your team wants, or have the rest removed.",
    );
    expect(sayStrangers(connector, 1)).toContain(
      "1 of them waits for a decision: adopt what your team wants",
    );
    expect(sayStrangers(connector, 0)).toBe(
      "2 records of this application that Sluice did not send, or forgot. All of it is decided.",
    );
  });
});
