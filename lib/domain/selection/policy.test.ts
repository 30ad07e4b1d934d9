import { describe, expect, it } from "vitest";

import { canonicalJson } from "@/lib/domain/canonical-json";
import { gateSchema } from "@/lib/domain/connector/gate-input";
import { rulesSchema } from "@/lib/domain/connector/rule-input";
import { selectionSchema } from "@/lib/domain/connector/selection-input";

import { describePolicy, type Policy } from "./policy";

const policy = (other: Partial<Policy> = {}): Policy => ({
  kind: "defender",
  action: "Audit",
  severity: "Medium",
  expiryDays: null,
  expiryByType: {},
  rules: [],
  deviceGroups: [],
  selection: selectionSchema.parse({}),
  ...other,
});
const text = (other: Partial<Policy> = {}) => canonicalJson(describePolicy(policy(other)));
const rules = (...given: object[]) => ({ rules: rulesSchema.parse(given) });

describe("a policy as it is hashed", () => {
  it("is what it was before there were rules, tags, ages and days by type, while it has none", () => {
    expect(text()).toBe(
      '{"action":"Audit","deviceGroups":[],"expiryDays":null,"feeds":null,"kind":"defender","maxTlp":"amber","minConfidence":0,"severity":"Medium","types":null}',
    );
  });

  it.each<[string, Partial<Policy>]>([
    ["a rule", rules({ action: "Warn" })],
    ["days of a type", { expiryByType: { ipv4: 3 } }],
    ["an age", { selection: selectionSchema.parse({ maxAgeDays: 3 }) }],
    ["device groups of a rule", rules({ action: "Warn", deviceGroups: ["Lab"] })],
    ["a gate", { gate: gateSchema.parse({ otherTeams: true }) }],
    ["a tag", { selection: selectionSchema.parse({ tags: { block: ["x"] } }) }],
  ])("is another with %s", (_what, other) => {
    expect(text(other)).not.toBe(text());
  });

  it("tells rules by their order, but not by that of what they name", () => {
    const [one, other] = [{ action: "Warn" }, { severity: "High" }];
    expect(text(rules(one, other))).not.toBe(text(rules(other, one)));
    const named = (types: string[]) => text(rules({ when: { types }, action: "Warn" }));
    expect(named(["md5", "sha1"])).toBe(named(["sha1", "md5"]));
  });
});
