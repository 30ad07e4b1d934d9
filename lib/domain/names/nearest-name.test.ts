import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { nearestName } from "./nearest-name";

const NAMES = ["team", "teams", "feeds", "type", "confidence", "comment", "link"] as const;

describe("the nearest known name", () => {
  it.each([
    ["Team", "team"],
    ["feed", "feeds"],
    ["comnent", "comment"],
    ["confidnece", "confidence"],
    ["conf", "confidence"],
    ["comments", "comment"],
    ["tpye", "type"],
  ])("to %j is %j", (written, meant) => {
    expect(nearestName(written, NAMES)).toBe(meant);
  });

  it.each(["nonsense", "who", "", "x", "severity"])("to %j is none", (written) => {
    expect(nearestName(written, NAMES)).toBeNull();
  });

  it("to a known name is that name", () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), (name) => {
        expect(nearestName(name, NAMES)).toBe(name);
      }),
    );
  });
});
