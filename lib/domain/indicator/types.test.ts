import { describe, expect, it } from "vitest";

import {
  INDICATOR_TYPES,
  indicatorTypeCode,
  indicatorTypeFromCode,
  parseTlp,
  strictest,
  tlpCode,
  tlpFromCode,
  TLPS,
} from "./types";

describe("stored codes", () => {
  it("number the indicator types by their fixed position", () => {
    expect(INDICATOR_TYPES.map(indicatorTypeCode)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(INDICATOR_TYPES.map((_, index) => indicatorTypeFromCode(index + 1))).toEqual(INDICATOR_TYPES);
    expect(indicatorTypeCode("sha256")).toBe(10);
    expect(() => indicatorTypeFromCode(13)).toThrow(RangeError);
  });

  it("number the markings so that a larger one is stricter", () => {
    expect(TLPS.map(tlpCode)).toEqual([1, 2, 3, 4, 5]);
    expect(TLPS.map((_, index) => tlpFromCode(index + 1))).toEqual(TLPS);
    expect(() => tlpFromCode(0)).toThrow(RangeError);
  });
});

describe("TLP", () => {
  it.each([
    ["white", "clear"],
    ["TLP:WHITE", "clear"],
    ["TLP:CLEAR", "clear"],
    [" tlp: Amber ", "amber"],
    ["tlp:amber+strict", "amber+strict"],
    ["TLP-GREEN", "green"],
    ["Red", "red"],
    ["tlp:ex:chr", null],
    ["yellow", null],
    ["", null],
  ])("reads %j as %j", (text, expected) => {
    expect(parseTlp(text)).toBe(expected);
  });

  it("keeps the stricter of two markings, whichever comes first", () => {
    expect(strictest("green", "amber+strict")).toBe("amber+strict");
    expect(strictest("red", "clear")).toBe("red");
  });
});
