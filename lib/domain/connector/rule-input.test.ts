import { describe, expect, it } from "vitest";

import { permittedActions } from "@/lib/connectors/unsupported";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

import { findRuleProblems, REMEDIABLE_TYPES, rulesSchema } from "./rule-input";
import { describeElse, describeRule } from "./rule-words";

const find = (rules: object[], other: Partial<Parameters<typeof findRuleProblems>[0]> = {}) =>
  findRuleProblems({
    ...{ kind: "defender", action: "Audit", selection: { feeds: null, minConfidence: 0 } },
    rules: rulesSchema.parse(rules),
    ...other,
  });
const messages = (...given: Parameters<typeof find>) => find(...given).map(({ message }) => message);

describe("rules of a connector", () => {
  it.each<[string, object[]]>([
    ["Block by confidence", [{ when: { minConfidence: 90 }, action: "Block" }]],
    ["Allowed by a tag", [{ when: { tags: ["ours"] }, action: "Allowed" }]],
    [
      "Allowed before what asks for a confidence",
      [
        { when: { tags: ["ours"] }, action: "Allowed" },
        { when: { minConfidence: 90 }, action: "Block" },
      ],
    ],
    ["BlockAndRemediate of all types", [{ action: "BlockAndRemediate" }]],
    ["BlockAndRemediate of files", [{ when: { types: ["sha1", "md5"] }, action: "BlockAndRemediate" }]],
    ["days alone", [{ expiryDays: 7 }]],
    ["device groups alone", [{ deviceGroups: ["Servers"] }]],
  ])("may be %s", (_what, rules) => {
    expect(messages(rules)).toEqual([]);
  });

  it.each<[string, object[], string]>([
    [
      "Allowed by a score",
      [{ when: { minConfidence: 1 }, action: "Allowed" }],
      "may not depend on a confidence",
    ],
    [
      "Allowed for what a score let pass",
      [
        { when: { minConfidence: 90 }, action: "Block" },
        { when: { tags: ["ours"] }, action: "Allowed" },
      ],
      "Rule 2: Allowed may not depend on a confidence: what is allowed must be known, not likely. Move it before rule 1.",
    ],
    [
      "BlockAndRemediate of a domain",
      [{ when: { types: ["sha1", "domain"] }, action: "BlockAndRemediate" }],
      "use Block for the other types",
    ],
    ["Allowed for everything", [{ action: "Allowed" }], "Name the feeds"],
    ["Allowed for a type", [{ when: { types: ["sha1"] }, action: "Allowed" }], "Name the feeds"],
    ["nothing given", [{ when: { types: ["sha1"] } }], "it changes nothing"],
  ])("may not be %s", (_what, rules, words) => {
    expect(messages(rules).join(" ")).toContain(words);
  });

  it("leave nothing to a connector that allows by itself what a score let pass", () => {
    const rules = [{ when: { minConfidence: 90 }, action: "Block" }];
    expect(messages(rules, { action: "Allowed" }).join(" ")).toContain("Choose another action");
  });

  it("may be missing where a connector allows what named feeds give, and not where it allows all", () => {
    const feeds = ["0f4cf0de-0000-4000-8000-000000000001"];
    expect(messages([], { action: "Allowed", selection: { feeds, minConfidence: 0 } })).toEqual([]);
    expect(messages([], { action: "Allowed" }).join(" ")).toContain("Name the feeds");
  });

  it.each<[string, object[], "Allowed" | "Audit"]>([
    ["the connector's own action", [], "Allowed"],
    ["a rule", [{ when: { tags: ["ours"] }, action: "Allowed" }], "Audit"],
  ])("may not give Allowed by %s to what a lowest confidence let in", (_what, rules, action) => {
    const feeds = ["0f4cf0de-0000-4000-8000-000000000001"];
    const asked = (minConfidence: number) => find(rules, { action, selection: { feeds, minConfidence } });
    expect(asked(1)).toEqual([
      {
        path: ["selection", "minConfidence"],
        message: expect.stringContaining("Set the lowest confidence to 0") as string,
      },
    ]);
    expect(asked(0)).toEqual([]);
  });

  it("give days alone at Sentinel, which has no actions", () => {
    const both = [{ action: "Block", severity: "High", expiryDays: 3, deviceGroups: ["Servers"] }];
    expect(find(both, { kind: "sentinel" }).map(({ path }) => path)).toEqual([
      ["rules", 0, "action"],
      ["rules", 0, "severity"],
      ["rules", 0, "deviceGroups"],
    ]);
    expect(find([{ expiryDays: 3 }], { kind: "sentinel" })).toEqual([]);
  });

  it("remediate what Defender can", () => {
    const possible = INDICATOR_TYPES.filter((type) =>
      permittedActions("defender", type).includes("BlockAndRemediate"),
    );
    expect(possible.toSorted()).toEqual(REMEDIABLE_TYPES.toSorted());
  });
});

describe("a rule in words", () => {
  const FEED = "00000000-0000-7000-8000-000000000001";
  it.each<[object, string]>([
    [{ action: "Block" }, "Everything: Block"],
    [{ action: "Warn", deviceGroups: ["Servers", "Lab"] }, "Everything: Warn, on “Servers” or “Lab” alone"],
    [
      {
        when: { types: ["sha256", "sha1"], feeds: [FEED], minConfidence: 80 },
        action: "Block",
        severity: "High",
      },
      "SHA-256 or SHA-1 from “Abuse”, confidence 80 or more: Block, alert severity High",
    ],
    [
      { when: { tags: ["apt%"], feeds: ["00000000-0000-7000-8000-000000000002"] }, expiryDays: 1 },
      "Everything from “a feed that is gone”, tagged “apt%”: stays 1 day",
    ],
  ])("%j is “%s”", (given, words) => {
    const [rule] = rulesSchema.parse([given]);
    expect(rule && describeRule(rule, (id) => (id === FEED ? "Abuse" : undefined))).toBe(words);
  });

  it.each<[object[], string]>([
    [[], "No rule: everything is treated as above."],
    [[{ when: { types: ["md5"] }, action: "Warn" }], "Everything else is treated as above."],
    [
      [{ when: { types: ["md5"] }, action: "Warn" }, { action: "Audit" }],
      "Rule 2 fits everything; what it does not say is as above.",
    ],
    [
      [{ action: "Audit" }, { when: { types: ["md5"] }, action: "Warn" }],
      "Rule 1 fits everything, so the rule behind it is never asked. Move it to the end.",
    ],
    [
      [{ action: "Audit" }, { action: "Warn" }, { action: "Block" }],
      "Rule 1 fits everything, so the 2 rules behind it are never asked. Move it to the end.",
    ],
  ])("%j: of the rest it is said “%s”", (rules, words) => {
    expect(describeElse(rulesSchema.parse(rules))).toBe(words);
  });
});
