import { describe, expect, it } from "vitest";

import { allowingCidrs, isPublicAddress } from "./address-rule";

describe("isPublicAddress", () => {
  it.each(["8.8.8.8", "1.1.1.1", "123.123.123.123", "2a00:1450::200e", "2606:4700:4700::1111"])(
    "takes %s for public",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ["0.0.0.0", "unspecified"],
    ["10.0.0.1", "private"],
    ["172.16.0.1", "private"],
    ["192.168.1.1", "private"],
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["169.254.169.254", "link-local, cloud metadata"],
    ["100.64.0.1", "carrier NAT"],
    ["100.100.100.200", "Alibaba metadata"],
    ["168.63.129.16", "Azure host services"],
    ["192.0.0.192", "Oracle metadata"],
    ["192.0.2.1", "documentation"],
    ["198.18.0.1", "benchmarks"],
    ["224.0.0.1", "multicast"],
    ["240.0.0.1", "reserved"],
    ["255.255.255.255", "broadcast"],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "IPv4-mapped loopback"],
    ["::ffff:7f00:1", "IPv4-mapped loopback, hexadecimal"],
    ["::ffff:0:127.0.0.1", "IPv4-translated"],
    ["::7f00:1", "IPv4-compatible loopback"],
    ["::10.0.0.1", "IPv4-compatible private"],
    ["64:ff9b::7f00:1", "NAT64"],
    ["64:ff9b:1::7f00:1", "local NAT64"],
    ["2002:7f00:1::", "6to4"],
    ["2001:0:1::1", "Teredo"],
    ["2001:db8::1", "documentation"],
    ["3fff::1", "documentation"],
    ["fc00::1", "unique local"],
    ["fd00:ec2::254", "AWS metadata"],
    ["fe80::1", "link-local"],
    ["fec0::1", "site-local"],
    ["ff02::1", "multicast"],
    ["4000::1", "unassigned"],
    ["1.2", "no full address"],
    ["example.com", "a name"],
    ["", "nothing"],
  ])("refuses %s (%s)", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("allowingCidrs", () => {
  const isAllowed = allowingCidrs(["10.1.0.0/16", "fd00:1::/32"]);

  it.each([
    ["10.1.2.3", true],
    ["::ffff:10.1.2.3", true],
    ["10.2.0.1", false],
    ["fd00:1::5", true],
    ["fd00:2::5", false],
    ["8.8.8.8", true],
    ["not an address", false],
  ])("answers %s with %s", (address, expected) => {
    expect(isAllowed(address)).toBe(expected);
  });

  it("does not accept a list it cannot read", () => {
    expect(() => allowingCidrs(["10.0.0.0/99"])).toThrow();
  });
});
