import { describe, expect, it } from "vitest";

import { parseFilter } from "./filter";
import { FilterError } from "./filter-tokens";
import { type Indicator } from "./indicator";

const indicator: Indicator = {
  id: "1",
  indicatorValue: "https://x.example.com/?a=1&b='c'",
  indicatorType: "Url",
  action: "Block",
  createdBy: "app",
  severity: "High",
  category: 1,
  application: null,
  educateUrl: null,
  bypassDurationHours: null,
  title: "it's a title",
  description: "d",
  recommendedActions: null,
  creationTimeDateTimeUtc: "2026-11-01T08:58:12.0340768Z",
  expirationTime: "2026-12-01T08:58:12Z",
  lastUpdateTime: "2026-11-01T08:58:12.0340768Z",
  lastUpdatedBy: null,
  rbacGroupNames: ["Servers"],
  rbacGroupIds: ["10"],
  notificationId: null,
  notificationBody: null,
  version: null,
  mitreTechniques: [],
  historicalDetection: false,
  lookBackPeriod: null,
  generateAlert: true,
  additionalInfo: null,
  createdByDisplayName: "TPI_TeamA",
  externalId: null,
  createdBySource: "PublicApi",
  certificateInfo: null,
};

describe("a filter", () => {
  it.each([
    ["title eq 'it''s a title'", true],
    ["title eq 'It''s a title'", false],
    ["indicatorValue eq 'https://x.example.com/?a=1&b=''c'''", true],
    ["action eq 'Block' and severity eq 'High'", true],
    ["action eq 'Block' and severity eq 'Low'", false],
    ["action eq 'Allowed' or severity eq 'High'", true],
    ["action eq 'Allowed' or severity eq 'Low' and title eq 'x'", false],
    ["not (action eq 'Block')", false],
    ["action ne 'Allowed'", true],
    ["generateAlert eq true", true],
    ["generateAlert eq false", false],
    ["application eq null", true],
    ["application ne null", false],
    ["application eq 'x'", false],
    ["expirationTime gt 2026-11-30T00:00:00Z", true],
    ["expirationTime lt 2026-11-30T00:00:00Z", false],
    ["creationTimeDateTimeUtc ge 2026-11-01", true],
    ["creationTimeDateTimeUtc le 2026-11-01T08:58:12.034Z", true],
    ["contains(title, 'title')", true],
    ["startswith(indicatorValue,'http://')", false],
    ["endswith(indicatorValue,'''')", true],
    ["rbacGroupNames/any(g: g eq 'Servers')", true],
    ["rbacGroupIds/any(g: g eq '11')", false],
  ])("%s is %s", (source, expected) => {
    expect(parseFilter(source)(indicator)).toBe(expected);
  });

  it("says where a string literal does not end", () => {
    expect(() => parseFilter("title eq 'x")).toThrow(
      new FilterError("There is an unterminated string literal at position 11 in 'title eq 'x'."),
    );
  });

  it.each([
    "",
    "title",
    "title eq 'a' and",
    "(title eq 'a'",
    "title xx 'a'",
    "contains(generateAlert,'a')",
    "rbacGroupNames eq 'a'",
    "x".repeat(9),
    "'a' eq title",
  ])("refuses %j", (source) => {
    expect(() => parseFilter(source)).toThrow(FilterError);
  });
});
