import { describe, expect, it } from "vitest";

import { DEFAULT_EXPIRY_DAYS, validUntilOf } from "./validity";

describe("validUntilOf", () => {
  const soon = new Date("2026-06-11");
  const later = new Date("2026-07-01");

  it.each([
    [null, null, null],
    [later, null, later],
    [null, soon, soon],
    [later, soon, soon],
    [soon, later, soon],
  ])(
    "ends what is stated until %s and by policy until %s at the earlier",
    (statedUntil, policyUntil, expected) => {
      expect(validUntilOf({ statedUntil, policyUntil })).toEqual(expected);
    },
  );
});

describe("DEFAULT_EXPIRY_DAYS", () => {
  it("is 30 days for addresses, 60 for URLs, 90 for domains and e-mail, 365 for hashes", () => {
    expect(DEFAULT_EXPIRY_DAYS).toMatchObject({
      ipv4: 30,
      "ipv6-cidr": 30,
      url: 60,
      domain: 90,
      email: 90,
      sha256: 365,
    });
  });
});
