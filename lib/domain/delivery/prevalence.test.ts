import { describe, expect, it } from "vitest";

import type { IndicatorType } from "@/lib/domain/indicator/types";

import { describePrevalence, subjectOf, type Subject } from "./prevalence";

describe("what Defender is asked about a value", () => {
  it.each<[IndicatorType, string, Subject | null]>([
    ["domain", "bad.example.com", { kind: "domain", name: "bad.example.com", isWhole: true }],
    ["ipv4", "203.0.113.9", { kind: "address", name: "203.0.113.9", isWhole: true }],
    ["ipv6", "2001:db8::9", { kind: "address", name: "2001:db8::9", isWhole: true }],
    ["sha256", "ab".repeat(32), { kind: "file", name: "ab".repeat(32), isWhole: true }],
    ["url", "http://bad.example.com/", { kind: "domain", name: "bad.example.com", isWhole: true }],
    [
      "url",
      "https://bad.example.com:8443/x?y=1",
      { kind: "domain", name: "bad.example.com", isWhole: false },
    ],
    ["url", "http://203.0.113.9/x", { kind: "address", name: "203.0.113.9", isWhole: false }],
    ["url", "http://[2001:db8::9]/", { kind: "address", name: "2001:db8::9", isWhole: true }],
    ["md5", "ab".repeat(16), null],
    ["cert-sha1", "ab".repeat(20), null],
    ["ipv4-cidr", "203.0.113.0/24", null],
  ])("of %s %s", (type, value, subject) => {
    expect(subjectOf(type, value)).toEqual(subject);
  });

  it("is said in a sentence, that of a host as such", () => {
    expect(describePrevalence(1204, { isWhole: true })).toBe("Seen on 1,204 devices in the last 30 days.");
    expect(describePrevalence(1, { isWhole: false })).toBe(
      "Its host was seen on 1 device in the last 30 days.",
    );
    expect(describePrevalence(0, { isWhole: true })).toBe("Not seen on any device in the last 30 days.");
  });
});
