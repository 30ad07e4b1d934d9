import { describe, expect, it } from "vitest";

import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

import type { UnsupportedOptions } from "./contract";
import { permittedActions, unsupportedReason } from "./unsupported";

const hash = (length: number): string => "ab".repeat(length / 2);

describe("unsupportedReason for Defender", () => {
  it.each([
    ["ipv4-cidr", "198.51.100.0/24", "network_unsupported"],
    ["ipv6-cidr", "2001:db8::/32", "network_unsupported"],
    ["email", "a@example.com", "email_unsupported"],
    ["sha512", hash(128), "sha512_unsupported"],
    ["md5", hash(32), "md5_unsupported"],
    ["ipv4", "10.0.0.1", "address_not_external"],
    ["ipv4", "127.0.0.1", "address_not_external"],
    ["ipv4", "169.254.1.1", "address_not_external"],
    ["ipv4", "100.64.0.1", "address_not_external"],
    ["ipv4", "224.0.0.1", "address_not_external"],
    ["ipv4", "0.0.0.0", "address_not_external"],
    ["ipv6", "fd00::1", "address_not_external"],
    ["ipv6", "::1", "address_not_external"],
    ["ipv6", "fe80::1", "address_not_external"],
    ["domain", "_dmarc.example.com", "underscore_domain"],
    ["domain", "abcdef.onion", "onion_name"],
    ["url", "http://abcdef.onion/x", "onion_name"],
    ["url", `https://example.com/${"a".repeat(800)}`, "value_too_long"],
    ["url", "gopher://example.com/x", "scheme_unsupported"],
  ] as const)("keeps out %s %s", (type, value, code) => {
    expect(unsupportedReason("defender", { type, value })).toMatchObject({ code });
  });

  it.each([
    ["ipv4", "123.123.123.123"],
    ["ipv4", "203.0.113.9"],
    ["ipv6", "2a00:1450::200e"],
    ["ipv6", "2001:db8::1"],
    ["domain", "example.com"],
    ["domain", "a_b.example.com"],
    ["url", "https://example.com/a?b=c"],
    ["url", "ftp://example.com/a"],
    ["sha1", hash(40)],
    ["sha256", hash(64)],
    ["cert-sha1", hash(40)],
  ] as const)("lets %s %s in", (type, value) => {
    expect(unsupportedReason("defender", { type, value })).toBeNull();
  });

  it.each([
    ["ipv4", "8.8.8.8", { action: "BlockAndRemediate" }],
    ["domain", "example.com", { action: "BlockAndRemediate" }],
    ["url", "http://example.com/", { action: "BlockAndRemediate" }],
    ["cert-sha1", hash(40), { action: "Audit" }],
    ["cert-sha1", hash(40), { action: "Block" }],
  ] as const)("keeps out %s %s with %j", (type, value, options: UnsupportedOptions) => {
    const reason = unsupportedReason("defender", { type, value }, options);

    expect(reason).toMatchObject({ code: "action_unsupported" });
    expect(reason?.message).toContain("it can apply Allowed");
  });

  it("lets MD5 in where the tenant is known to take it", () => {
    expect(unsupportedReason("defender", { type: "md5", value: hash(32) }, { acceptsMd5: true })).toBeNull();
  });
});

describe("unsupportedReason for Sentinel", () => {
  it.each([
    ["ipv4-cidr", "198.51.100.0/24"],
    ["ipv4", "10.0.0.1"],
    ["email", "a@example.com"],
    ["md5", hash(32)],
    ["sha512", hash(128)],
    ["domain", "_dmarc.example.com"],
  ] as const)("lets %s %s in", (type, value) => {
    expect(unsupportedReason("sentinel", { type, value }, { action: "BlockAndRemediate" })).toBeNull();
  });

  it("keeps out what Sentinel would cut", () => {
    const value = `https://example.com/${"a".repeat(1000)}`;

    expect(unsupportedReason("sentinel", { type: "url", value })).toMatchObject({ code: "value_too_long" });
  });
});

it.each(INDICATOR_TYPES)("an action permitted for %s is never a reason against it", (type) => {
  for (const action of permittedActions("defender", type)) {
    expect(unsupportedReason("defender", { type, value: "x" }, { action })?.code).not.toBe(
      "action_unsupported",
    );
  }
  expect(permittedActions("sentinel", type)).toHaveLength(5);
});
