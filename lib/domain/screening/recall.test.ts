import { describe, expect, it } from "vitest";

import type { IndicatorType } from "@/lib/domain/indicator/types";

import { createRecallFinder, type RecallKind } from "./recall";

const find = (kind: RecallKind, entry: string, type: IndicatorType, value: string): boolean =>
  createRecallFinder([{ id: "1", kind, value: entry }])(type, value) === "1";

describe("a recall", () => {
  it.each<[RecallKind, string, IndicatorType, string, boolean]>([
    ["value", "www.example.com", "domain", "www.example.com", true],
    ["value", "www.example.com", "url", "http://www.example.com/", false],
    ["value", "45.155.205.7", "ipv4", "45.155.205.7", true],
    ["domain", "example.com", "domain", "example.com", true],
    ["domain", "example.com", "domain", "a.b.example.com", true],
    ["domain", "example.com", "url", "https://a.example.com:8080/x", true],
    ["domain", "example.com", "email", "kim@example.com", true],
    ["domain", "example.com", "domain", "badexample.com", false],
    ["domain", "www.example.com", "domain", "example.com", false],
    ["cidr", "45.155.205.0/24", "ipv4", "45.155.205.7", true],
    ["cidr", "45.155.205.0/24", "ipv4-cidr", "45.155.205.128/25", true],
    ["cidr", "45.155.205.0/24", "ipv4-cidr", "45.155.205.0/24", true],
    ["cidr", "45.155.205.0/24", "ipv4-cidr", "45.155.0.0/16", false],
    ["cidr", "45.155.205.0/24", "url", "http://45.155.205.7/x", true],
    ["cidr", "45.155.205.0/24", "ipv4", "45.155.206.7", false],
    ["cidr", "2a0e:b107::/32", "ipv6", "2a0e:b107::7", true],
  ])("of the %s %s takes the %s %s back: %s", (kind, entry, type, value, expected) => {
    expect(find(kind, entry, type, value)).toBe(expected);
  });

  it("is named, among others that meet nothing", () => {
    const finder = createRecallFinder([
      { id: "a", kind: "domain", value: "example.net" },
      { id: "b", kind: "domain", value: "www.example.com" },
      { id: "c", kind: "value", value: "example.com" },
    ]);
    expect(finder("domain", "example.com")).toBe("c");
    expect(finder("domain", "example.org")).toBeNull();
  });

  it("of nothing meets nothing", () => {
    expect(createRecallFinder([])("domain", "example.com")).toBeNull();
  });
});
