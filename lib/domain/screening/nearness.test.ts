import { describe, expect, it } from "vitest";

import type { IndicatorType } from "@/lib/domain/indicator/types";

import type { AllowlistEffect, AllowlistMatch } from "./allowlist";
import { createMatcher } from "./matcher";
import { findNear } from "./nearness";

const screenBy = (match: AllowlistMatch, effect: AllowlistEffect, ...entries: string[]) => {
  const matcher = createMatcher([{ id: "1", name: "Partners", match, effect, entries }]);
  return (type: IndicatorType, value: string) => {
    const hit = matcher.screen(type, value);
    return hit && { list: `list:${hit.listId}`, name: hit.listName, effect: hit.effect, reason: hit.reason };
  };
};

describe("what a value is close to on an allowlist", () => {
  it.each<[string, IndicatorType, string]>([
    ["a sister of an allowlisted name", "domain", "cdn.partner.com"],
    ["a URL on a sister of it", "url", "https://files.partner.com/x"],
  ])("is the owner of %s", (_what, type, value) => {
    expect(findNear(screenBy("hostname", "stop", "www.partner.com"), type, value)).toBe(
      "“Partners” has a name of the same owner, partner.com.",
    );
  });

  it("is the network of an allowlisted address", () => {
    expect(findNear(screenBy("cidr", "stop", "198.18.7.4"), "ipv4", "198.18.7.200")).toBe(
      "“Partners” has an address of the same network, 198.18.7.0/24.",
    );
  });

  it("is a list that only warns and has the value itself", () => {
    expect(findNear(screenBy("hostname", "warn", "partner.com"), "domain", "partner.com")).not.toBeNull();
  });

  it.each<[string, IndicatorType, string]>([
    ["of another owner", "domain", "www.other.com"],
    ["of another network", "ipv4", "198.18.8.200"],
    ["that has no host", "sha256", "ab".repeat(32)],
    // Below a shared suffix each name is somebody's own.
    ["below the same shared suffix", "domain", "bad.github.io"],
  ])("is nothing for a value %s", (_what, type, value) => {
    const screen = screenBy("hostname", "stop", "www.partner.com", "good.github.io");
    expect(findNear(screen, type, value)).toBeNull();
  });

  it("is nothing where a list stops the value itself: that is followed anyway", () => {
    expect(findNear(screenBy("hostname", "stop", "partner.com"), "domain", "www.partner.com")).toBeNull();
  });
});
