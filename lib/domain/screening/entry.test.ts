import { describe, expect, it } from "vitest";

import type { AllowlistMatch } from "./allowlist";
import { checkEntry, type EntryCode } from "./entry";

describe("checkEntry", () => {
  it.each<[AllowlistMatch, string, string]>([
    ["string", " Evil.Example.COM. ", "evil.example.com"],
    ["string", "hxxps://Bücher[.]de/Path", "https://xn--bcher-kva.de/Path"],
    ["string", "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"],
    ["string", "192.0.2.1/32", "192.0.2.1"],
    ["hostname", "Example.COM", "example.com"],
    ["hostname", ".google.ad", "google.ad"],
    ["hostname", "*.example.com.", "example.com"],
    ["hostname", "example.com:8443", "example.com"],
    ["hostname", "https://user@www.example.com:8443/login?x=1", "www.example.com"],
    ["hostname", "vpn[.]corp[.]local", "vpn.corp.local"],
    ["hostname", "bücher.de", "xn--bcher-kva.de"],
    ["cidr", "192.0.2.77/24", "192.0.2.0/24"],
    ["cidr", "192.0.2.1/32", "192.0.2.1"],
    ["cidr", "192.0.2.0/255.255.255.0", "192.0.2.0/24"],
    ["cidr", "2001:DB8:0::1/32", "2001:db8::/32"],
    ["cidr", "2001:db8::1/128", "2001:db8::1"],
    ["cidr", "::ffff:192.0.2.0/120", "192.0.2.0/24"],
    ["substring", "VPN.Corp.Example", "vpn.corp.example"],
    ["substring", "/AnyRun/", "/anyrun/"],
    ["regex", String.raw`^dc\d+\.corp\.example$`, String.raw`^dc\d+\.corp\.example$`],
    ["regex", String.raw`/^ftp:\/\/mirror\./ig`, String.raw`/^ftp:\/\/mirror\./ig`],
  ])("writes the %s %s as %s", (match, value, canonical) => {
    expect(checkEntry(match, value)).toStrictEqual({ ok: true, value: canonical });
  });

  it.each<[AllowlistMatch, string, EntryCode, RegExp]>([
    ["string", "  ", "empty", /no entry/],
    ["string", "*.example.com", "not_a_value", /hostname list/],
    ["string", "domain", "not_a_value", /fits no indicator type/],
    ["string", "co.uk", "public_suffix", /public suffix/],
    ["hostname", "co.uk", "public_suffix", /belong to strangers/],
    ["hostname", "*.github.io", "public_suffix", /belong to strangers/],
    ["hostname", "blob.core.windows.net", "public_suffix", /belong to strangers/],
    ["hostname", "com", "not_a_host", /two or more parts/],
    ["hostname", "domain", "not_a_host", /two or more parts/],
    ["hostname", "192.0.2.1", "not_a_host", /list of networks/],
    ["hostname", "http://[2001:db8::1]/", "not_a_host", /list of networks/],
    ["cidr", "0.0.0.0/0", "too_wide", /prefix of 4 or more/],
    ["cidr", "::/0", "too_wide", /prefix of 4 or more/],
    ["cidr", "2000::/3", "too_wide", /prefix of 4 or more/],
    ["cidr", "192.0.2.1-192.0.2.9", "not_a_network", /address\/prefix/],
    ["cidr", "192.0.2.0/33", "not_a_network", /0 to 32/],
    ["cidr", "example.com", "not_a_network", /no address and no network/],
    ["substring", "abc", "too_short", /at least 4/],
    ["substring", "http", "too_wide", /nearly every URL/],
    ["substring", "://www.", "too_wide", /nearly every URL/],
    ["substring", ".com/", "public_suffix", /public suffix/],
    ["substring", "bücher", "not_a_value", /encoded/],
    ["regex", "a*", "too_wide", /every value/],
    ["regex", ".", "too_wide", /every value/],
    ["regex", ".+", "too_wide", /every value/],
    ["regex", "(", "bad_pattern", /cannot be used/],
    ["regex", "(?<=a)b", "bad_pattern", /no look-behind/],
    ["regex", "(?=a)b", "bad_pattern", /no look-ahead/],
    ["regex", String.raw`(a)\1`, "bad_pattern", /no back-references/],
    ["regex", "x".repeat(2_001), "too_long", /2,000 characters/],
  ])("refuses the %s %s: %s", (match, value, code, message) => {
    const result = checkEntry(match, value);

    expect(result.ok ? result : result.problem).toStrictEqual({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it.each<[AllowlistMatch, string]>([
    ["string", "http://Example.com/A"],
    ["hostname", "*.Bücher.de:80/x"],
    ["cidr", "10.1.2.3/8"],
    ["substring", "Corp.Example"],
    ["regex", "/^a+b/i"],
  ])("leaves a canonical %s entry as it is", (match, value) => {
    const first = checkEntry(match, value);

    expect(first.ok && checkEntry(match, first.value)).toStrictEqual(first);
  });
});
