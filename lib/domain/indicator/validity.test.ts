import { describe, expect, it } from "vitest";

import { DEFAULT_EXPIRY_DAYS, validUntilOf } from "./validity";

describe("validUntilOf", () => {
  const lastSeen = new Date("2026-06-01");
  const future = new Date("2026-07-01");

  it.each([
    [null, null, null],
    [future, null, future],
    [null, 10, new Date("2026-06-11")],
    [future, 10, new Date("2026-06-11")],
    [new Date("2026-06-05"), 10, new Date("2026-06-05")],
  ])("caps the stated end %s by %s days", (statedUntil, expiryDays, expected) => {
    expect(validUntilOf({ statedUntil, lastSeen, expiryDays })).toEqual(expected);
  });
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
