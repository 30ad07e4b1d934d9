import { describe, expect, it } from "vitest";

import { sparklinePath } from "./sparkline-path";

const BOX = { width: 100, height: 20, padding: 2 };

describe("the line of a sparkline", () => {
  it("spans the box from its lowest to its highest value", () => {
    expect(sparklinePath([0, 10, 5], BOX)).toBe("M2.0 18.0L50.0 2.0L98.0 10.0");
  });

  it("lies in the middle where nothing changed", () => {
    expect(sparklinePath([7, 7], BOX)).toBe("M2.0 10.0L98.0 10.0");
  });

  it("draws nothing for no values", () => {
    expect(sparklinePath([], BOX)).toBe("");
  });
});
