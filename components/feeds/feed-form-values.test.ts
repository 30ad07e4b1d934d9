import { describe, expect, it } from "vitest";

import { csvSettingsSchema } from "@/lib/domain/feed/csv-settings";

import {
  fromJsonProposal,
  fromProposal,
  isJsonProposed,
  isOffered,
  NEW_FEED,
  toCsvValues,
} from "./feed-form-values";

const PROPOSAL = {
  encoding: "utf-8",
  delimiter: "\t",
  header: false,
  commentPrefixes: ["#"],
  valueColumns: [2, 3],
  columns: { threatType: 6 },
  found: [],
};

describe("a feed's settings as texts", () => {
  it("writes a TAB so that a person can type it", () => {
    expect(toCsvValues(csvSettingsSchema.parse({ delimiter: "\t" })).delimiter).toBe(String.raw`\t`);
  });

  it("begins with what the contract takes for a feed that says nothing", () => {
    expect(toCsvValues(csvSettingsSchema.parse({}))).toStrictEqual(NEW_FEED.csv);
  });

  it("keeps a column's name as it is", () => {
    const settings = csvSettingsSchema.parse({
      header: true,
      valueColumns: ["ioc_value"],
      columns: { tlp: 4 },
    });

    expect(toCsvValues(settings)).toMatchObject({ valueColumns: "ioc_value", columns: { tlp: "4" } });
  });
});

describe("a proposal of paths", () => {
  const proposal = {
    isLines: false,
    list: "data",
    value: "ioc",
    fields: { tags: "tags" },
    found: [{ path: "ioc", sample: "evil.example.com" }],
  };

  it("is no longer made once the form says the same, or more", () => {
    const values = fromJsonProposal(proposal);

    expect(isJsonProposed(values, proposal)).toBe(true);
    expect(isJsonProposed({ ...values, fields: { ...values.fields, comment: "note" } }, proposal)).toBe(true);
    expect(isJsonProposed({ ...values, fields: {} }, proposal)).toBe(false);
    expect(isJsonProposed(NEW_FEED.json, proposal)).toBe(false);
  });
});

describe("a proposal", () => {
  it("is no longer made once the form says the same", () => {
    expect(isOffered(fromProposal(NEW_FEED.csv, PROPOSAL), PROPOSAL)).toBe(false);
    expect(isOffered(NEW_FEED.csv, PROPOSAL)).toBe(true);
  });

  it("is not made of a list in which no column holds values", () => {
    expect(isOffered(NEW_FEED.csv, { ...PROPOSAL, valueColumns: [] })).toBe(false);
  });

  it.each([
    ["#", [], "#"],
    ["#", ["#"], "#"],
    ["#", [";"], "# ;"],
    ["", ["//"], "//"],
  ])("keeps what begins a comment (%j), and adds what it found (%j)", (commentPrefixes, found, both) => {
    const proposal = { ...PROPOSAL, commentPrefixes: found };

    expect(fromProposal({ ...NEW_FEED.csv, commentPrefixes }, proposal).commentPrefixes).toBe(both);
  });

  it("is not repeated to who has given more columns than it found", () => {
    const values = fromProposal(NEW_FEED.csv, PROPOSAL);

    expect(isOffered({ ...values, columns: { ...values.columns, comment: "7" } }, PROPOSAL)).toBe(false);
  });
});
