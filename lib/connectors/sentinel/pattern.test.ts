import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readPattern, toPattern } from "./pattern";

describe("pattern", () => {
  it.each([
    ["ipv4", "203.0.113.9", "[ipv4-addr:value = '203.0.113.9']"],
    ["ipv4-cidr", "198.51.100.0/24", "[ipv4-addr:value = '198.51.100.0/24']"],
    ["ipv6", "2001:db8::1", "[ipv6-addr:value = '2001:db8::1']"],
    ["ipv6-cidr", "2001:db8::/32", "[ipv6-addr:value = '2001:db8::/32']"],
    ["domain", "example.com", "[domain-name:value = 'example.com']"],
    ["url", "http://example.com/a'b\\c", "[url:value = 'http://example.com/a\\'b\\\\c']"],
    ["email", "a@example.com", "[email-addr:value = 'a@example.com']"],
    ["md5", "ab", "[file:hashes.MD5 = 'ab']"],
    ["sha1", "ab", "[file:hashes.'SHA-1' = 'ab']"],
    ["sha256", "ab", "[file:hashes.'SHA-256' = 'ab']"],
    ["sha512", "ab", "[file:hashes.'SHA-512' = 'ab']"],
    ["cert-sha1", "ab", "[x509-certificate:hashes.'SHA-1' = 'ab']"],
  ] as const)("writes %s %s and reads it back", (type, value, pattern) => {
    expect(toPattern(type, value)).toBe(pattern);
    expect(readPattern(pattern)).toEqual({ type, value });
  });

  it("carries any value unchanged, and never lets it end the literal", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(readPattern(toPattern("url", value))).toEqual({ type: "url", value });
      }),
    );
  });

  it.each([
    ["[file:hashes.SHA256 = 'ab']", { type: "sha256", value: "ab" }],
    ["[ domain-name:value='example.com' ]", { type: "domain", value: "example.com" }],
  ])("reads %s of others", (pattern, expected) => {
    expect(readPattern(pattern)).toEqual(expected);
  });

  it.each([
    "[url:value = 'a' AND url:value = 'b']",
    "[url:value LIKE 'a']",
    "[mutex:name = 'a']",
    "[url:value = 'a'] FOLLOWEDBY [url:value = 'b']",
    "",
  ])("cannot read %j", (pattern) => {
    expect(readPattern(pattern)).toBeNull();
  });
});
