import { describe, expect, it } from "vitest";

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
    ["md5", "d41d8cd98f00b204e9800998ecf8427e"],
  ])("lets %s %s pass", (type, value) => {
    expect(screenBuiltIn(type, value)).toBeNull();
  });
});
