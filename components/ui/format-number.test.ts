import { describe, expect, it } from "vitest";

import { formatCount, formatDelta, formatEstimate, formatNumber, formatShare } from "./format-number";

describe("a number on screen", () => {
  it("has its thousands apart", () => {
    expect(formatNumber(12_430)).toBe("12,430");
  });

  it("carries a sign when it is a change", () => {
    expect([312, -68, 0].map(formatDelta)).toStrictEqual(["+312", "-68", "0"]);
  });

  it("is exact below 100,000 and says so when it is not", () => {
    expect(formatEstimate(99_999)).toBe("99,999");
    expect(formatEstimate(2_103_442)).toBe("about 2.1M");
  });

  it("agrees with its noun", () => {
    expect(formatCount(1, "indicator")).toBe("1 indicator");
    expect(formatCount(0, "indicator")).toBe("0 indicators");
    expect(formatCount(2, "entry", "entries")).toBe("2 entries");
  });

  it("turns a share of one into percent", () => {
    expect(formatShare(0.684)).toBe("68.4%");
  });
});
