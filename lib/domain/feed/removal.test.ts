import { describe, expect, it } from "vitest";

import { indicatorTypeCode } from "../indicator/types";
import { toRemovalRule } from "./removal";

describe("toRemovalRule", () => {
  const policy = { removal: "expire", graceRuns: 0, expireFrom: "lastSeen" } as const;
  const days = (expiryDays: number | null, type: "ipv4" | "domain") =>
    toRemovalRule({ ...policy, expiryDays, expiryDaysByType: { ipv4: 3 } }).expiryDays[
      indicatorTypeCode(type) - 1
    ];

  it("asks the type's own days first, then the feed's, then the defaults", () => {
    expect(days(7, "ipv4")).toBe(3);
    expect(days(7, "domain")).toBe(7);
    expect(days(null, "domain")).toBe(90);
  });
});
