import { describe, expect, it } from "vitest";

import { conditionSchema, meets } from "./conditions";
import { type StixRow } from "./stix-row";

const NOW = new Date("2026-11-24T12:00:00Z");
const row: StixRow = {
  timeGenerated: "2026-11-24T11:00:00.000Z",
  identity: "Ynlv---indicator--x",
  name: "3f0d1c2a-1111-4a2b-8c3d-000000000001",
  workspaceId: "5e900001-0a0a-4b0b-8c0c-000000000001",
  tenantId: "7e000001-0a1b-4c2d-8e3f-000000000001",
  sourceSystem: "byo",
  observableKey: "url:value",
  observableValue: "http://x.example.com/",
  isDeleted: false,
  lastUpdateMethod: "UploadApi",
  firstIngestedAt: "2026-11-20T11:00:00.000Z",
  createdBy: "TPI_TeamA",
  createdByAppId: "a0000001-1a1a-4b2b-8c3c-000000000001",
  lastModifiedBy: "TPI_TeamA",
  data: {
    type: "indicator",
    id: "indicator--x",
    name: "Team A: loader",
    labels: ["Team A", "c2"],
    confidence: 75,
    valid_until: "2026-12-24T00:00:00Z",
  },
};
const test = (clause: Record<string, unknown>): boolean =>
  meets(row, conditionSchema.parse({ clauses: [clause] }), { now: NOW, unsaid: "Or" });

describe("a clause", () => {
  it.each([
    ["source", "Equals", ["BYO"], true],
    ["source", "Equals", ["other", "byo"], true],
    ["source", "NotEquals", ["byo"], false],
    ["id", "Equals", ["indicator--x"], true],
    ["createdBy", "Equals", ["TPI_TeamA"], true],
    ["confidence", "GreaterThan", [74], true],
    ["confidence", "GreaterThanEqual", ["76"], false],
    ["confidence", "LessThan", [75], false],
    ["confidence", "LessThanEqual", [75], true],
    ["missing", "GreaterThan", [1], false],
    ["validUntil", "GreaterThan", ["2026-12-01T00:00:00Z"], true],
    ["name", "StringContains", ["LOADER"], true],
    ["name", "StringNotContains", ["loader"], false],
    ["name", "StringStartsWith", ["team a"], true],
    ["name", "StringNotStartsWith", ["team a"], false],
    ["name", "StringEndsWith", ["loader"], true],
    ["name", "StringNotEndsWith", ["loader"], false],
    ["description", "StringIsEmpty", [], true],
    ["description", "IsNull", [], true],
    ["name", "IsNull", [], false],
    ["revoked", "IsFalse", [], true],
    ["revoked", "IsTrue", [], false],
    ["labels", "ArrayContains", ["Team A"], true],
    ["tags", "ArrayNotContains", ["Team A"], false],
    ["validUntil", "OnOrAfterAbsolute", ["2026-12-24T00:00:00Z"], true],
    ["validUntil", "OnOrBeforeAbsolute", ["2026-12-23T00:00:00Z"], false],
    ["lastUpdatedDateTimeUtc", "OnOrAfterRelative", ["PT2H"], true],
    ["lastUpdatedTimeUtc", "OnOrAfterRelative", ["PT30M"], false],
    ["firstIngestedTimeUtc", "OnOrBeforeRelative", ["P1D"], true],
    ["firstIngestedTimeUtc", "OnOrBeforeRelative", ["a week"], false],
  ])("%s %s %j is %s", (field, operator, values, expected) => {
    expect(test({ field, operator, values })).toBe(expected);
  });
});

describe("a condition", () => {
  const byo = { field: "source", operator: "Equals", values: ["byo"] };
  const other = { field: "source", operator: "Equals", values: ["other"] };
  it.each([
    [{ conditionConnective: "And", clauses: [byo, other] }, false],
    [{ conditionConnective: "Or", clauses: [byo, other] }, true],
    [{ stixObjectType: "indicator", clauses: [] }, true],
    [{ stixObjectType: "identity", clauses: [byo] }, false],
    [{ clauses: [{ ...byo, values: ["byo", "other"], clauseConnective: "And" }] }, false],
  ])("%j is %s", (condition, expected) => {
    expect(meets(row, conditionSchema.parse(condition), { now: NOW, unsaid: "Or" })).toBe(expected);
  });

  it("joins by what the service takes for said where it says nothing, and never against what it says", () => {
    const both = { ...byo, values: ["byo", "other"] };
    const isMet = (clause: object): boolean =>
      meets(row, conditionSchema.parse({ conditionConnective: null, clauses: [clause] }), {
        ...{ now: NOW, unsaid: "And" },
      });

    expect(isMet(both)).toBe(false);
    expect(isMet({ ...both, clauseConnective: "Or" })).toBe(true);
  });
});
