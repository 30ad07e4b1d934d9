import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";

import { formatIpv4 } from "@/lib/domain/indicator/ipv4";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { screenBuiltIn } from "./built-in";

describe("the built-in allowlist", () => {
  it.each<[IndicatorType, string, string]>([
    ["ipv4", "10.1.2.3", "private"],
    ["ipv4", "127.0.0.1", "loopback"],
    ["ipv4", "169.254.169.254", "linkLocal"],
    ["ipv4", "100.64.0.1", "carrierGradeNat"],
    ["ipv4", "224.0.0.1", "multicast"],
    ["ipv4", "203.0.113.9", "reserved"],
    ["ipv6", "::1", "loopback"],
    ["ipv6", "fd00::1", "uniqueLocal"],
    ["ipv6", "2001:db8::1", "reserved"],
    ["ipv4-cidr", "192.168.0.0/16", "private"],
    ["ipv4-cidr", "0.0.0.0/0", "unspecified"],
    ["ipv4-cidr", "191.255.0.0/8", ""],
    ["url", "http://10.0.0.1/x", "private"],
    ["url", "http://[::1]:8080/x", "loopback"],
    ["url", "http://localhost/x", "loopback"],
    ["url", "http://printer.local/x", "private"],
    ["url", "http://db.corp.internal:8080/", "private"],
    // What begins and ends outside, and has such a range inside.
    ["ipv4-cidr", "8.0.0.0/5", "private"],
    ["ipv4-cidr", "198.0.0.0/8", "reserved"],
    ["ipv6-cidr", "2001:d00::/24", "reserved"],
  ])("judges %s %s", (type, value, range) => {
    expect(screenBuiltIn(type, value)?.list).toBe(range === "" ? undefined : `built-in:${range}`);
  });

  it.each<[IndicatorType, string]>([
    ["ipv4", "123.123.123.123"],
    ["ipv6", "2a00:1450::200e"],
    ["ipv4-cidr", "45.155.205.0/24"],
    ["ipv6-cidr", "2a00:1450::/32"],
    ["url", "http://123.123.123.123/10.0.0.1"],
    ["url", "http://10.0.0.1.example.com/"],
    ["domain", "example.com"],
    ["ipv6", "2001:41d0::1"],
    ["ipv6-cidr", "2001:d00::/25"],
    ["ipv4-cidr", "8.0.0.0/8"],
    ["ipv4-cidr", "45.0.0.0/7"],
    ["url", "http://evil.com/printer.local"],
    ["md5", "d41d8cd98f00b204e9800998ecf8427e"],
  ])("lets %s %s pass", (type, value) => {
    expect(screenBuiltIn(type, value)).toBeNull();
  });

  it("judges an address as the library of address ranges does, which is asked about few", () => {
    const parts = fc.array(
      fc.oneof(fc.constantFrom(0, 0x64, 0x2001, 0x2002, 0xdb8, 0x3fff, 0xfe80), fc.nat(0xffff)),
      {
        minLength: 8,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), parts, (v4, groups) => {
        for (const address of [formatIpv4(v4), new ipaddr.IPv6(groups).toRFC5952String()]) {
          const range = ipaddr.parse(address).range();
          const found = screenBuiltIn(address.includes(":") ? "ipv6" : "ipv4", address)?.list;

          expect(found ?? "").toBe(PUBLIC_RANGES.has(range) ? "" : `built-in:${range}`);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

const PUBLIC_RANGES: ReadonlySet<string> = new Set([
  "unicast",
  "6to4",
  "teredo",
  "rfc6145",
  "rfc6052",
  "as112v6",
  "ipv4Mapped",
  "segmentRouting",
  "droneRemoteIdProtocolEntityTags",
]);

describe("the built-in names", () => {
  it.each<[IndicatorType, string, string, string]>([
    [
      "domain",
      "github.io",
      "public-suffix",
      "github.io is a public suffix: the names below it belong to unrelated people.",
    ],
    [
      "domain",
      "blogspot.com",
      "public-suffix",
      "blogspot.com is a public suffix: the names below it belong to unrelated people.",
    ],
    [
      "domain",
      "s3.amazonaws.com",
      "public-suffix",
      "s3.amazonaws.com is a public suffix: the names below it belong to unrelated people.",
    ],
    [
      "domain",
      "co.uk",
      "public-suffix",
      "co.uk is a public suffix: the names below it belong to unrelated people.",
    ],
    ["domain", "azurewebsites.net", "microsoft", "azurewebsites.net is listed (Microsoft's own names)."],
    ["domain", "sharepoint.com", "microsoft", "sharepoint.com is listed (Microsoft's own names)."],
    [
      "domain",
      "login.microsoft.com",
      "microsoft",
      "login.microsoft.com lies below microsoft.com (Microsoft's own names).",
    ],
    [
      "domain",
      "fe2.update.microsoft.com",
      "microsoft",
      "fe2.update.microsoft.com lies below microsoft.com (Microsoft's own names).",
    ],
    [
      "domain",
      "login.microsoftonline.com",
      "microsoft",
      "login.microsoftonline.com lies below microsoftonline.com (Microsoft's own names).",
    ],
    [
      "domain",
      "outlook.office365.com",
      "microsoft",
      "outlook.office365.com lies below office365.com (Microsoft's own names).",
    ],
    [
      "domain",
      "ctldl.windowsupdate.com",
      "microsoft",
      "ctldl.windowsupdate.com lies below windowsupdate.com (Microsoft's own names).",
    ],
    ["domain", "hip.live.com", "microsoft", "hip.live.com is listed (Microsoft's own names)."],
    [
      "domain",
      "accesscontrol.windows.net",
      "microsoft",
      "Blocking accesscontrol.windows.net would block accounts.accesscontrol.windows.net below it (Microsoft's own names).",
    ],
    [
      "url",
      "https://login.microsoftonline.com/common/oauth2",
      "microsoft",
      "Its host login.microsoftonline.com lies below microsoftonline.com (Microsoft's own names).",
    ],
    [
      "email",
      "noreply@microsoft.com",
      "microsoft",
      "Its domain microsoft.com is listed (Microsoft's own names).",
    ],
    [
      "domain",
      "swscan.apple.com",
      "operating-systems",
      "swscan.apple.com lies below apple.com (Operating system vendors' own names).",
    ],
    [
      "domain",
      "icloud.com",
      "operating-systems",
      "icloud.com is listed (Operating system vendors' own names).",
    ],
    [
      "domain",
      "security.ubuntu.com",
      "operating-systems",
      "security.ubuntu.com lies below ubuntu.com (Operating system vendors' own names).",
    ],
    [
      "domain",
      "google.com",
      "operating-systems",
      "Blocking google.com would block android.clients.google.com below it (Operating system vendors' own names).",
    ],
    [
      "url",
      "http://deb.debian.org/debian/",
      "operating-systems",
      "Its host deb.debian.org lies below debian.org (Operating system vendors' own names).",
    ],
    [
      "domain",
      "ocsp.digicert.com",
      "certificate-authorities",
      "ocsp.digicert.com lies below digicert.com (Certificate authorities' own names).",
    ],
    [
      "domain",
      "r3.o.lencr.org",
      "certificate-authorities",
      "r3.o.lencr.org lies below lencr.org (Certificate authorities' own names).",
    ],
    [
      "url",
      "http://crl3.digicert.com/x.crl",
      "certificate-authorities",
      "Its host crl3.digicert.com lies below digicert.com (Certificate authorities' own names).",
    ],
  ])("keep %s %s in by %s", (type, value, list, reason) => {
    expect(screenBuiltIn(type, value)).toStrictEqual({ list: `built-in:${list}`, reason });
  });

  // Malware lives there.
  it.each<[IndicatorType, string]>([
    ["domain", "evil.github.io"],
    ["domain", "evil.sharepoint.com"],
    ["domain", "evil.azurewebsites.net"],
    ["domain", "evil.blob.core.windows.net"],
    ["domain", "evil.eastus.cloudapp.azure.com"],
    ["domain", "evil.s3.amazonaws.com"],
    ["domain", "evil.onmicrosoft.com"],
    ["domain", "ec2-1-2-3-4.compute-1.amazonaws.com"],
    ["domain", "host1.vps.myjino.ru"],
    ["url", "https://sharepoint.com/x"],
    ["url", "https://evil.sharepoint.com/:u:/g/x"],
    ["url", "https://s3.amazonaws.com/evil/x.exe"],
    ["url", "https://github.com/evil/x/releases/x.zip"],
    ["url", "https://drive.google.com/file/d/x"],
    ["url", "https://www.dropbox.com/s/x"],
    ["url", "https://pastebin.com/raw/x"],
    ["url", "https://forms.office.com/r/x"],
    ["url", "https://onedrive.live.com/download?x"],
    ["url", "https://paste.ubuntu.com/p/x"],
    ["url", "https://google.com/url?q=x"],
    ["email", "evil@outlook.com"],
    ["email", "evil@evil.onmicrosoft.com"],
    ["email", "evil@icloud.com"],
    ["domain", "microsoft.com.evil.net"],
    ["domain", "notmicrosoft.com"],
    ["domain", "microsoft-login.com"],
    ["url", "https://microsoft.com.evil.net/login.microsoftonline.com/"],
  ])("let %s %s pass", (type, value) => {
    expect(screenBuiltIn(type, value)).toBeNull();
  });
});
