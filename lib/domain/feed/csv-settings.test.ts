import { describe, expect, it } from "vitest";

import { csvSettingsSchema } from "./csv-settings";

describe("csvSettingsSchema", () => {
  it("reads a plain comma-separated list with its value in the first column when nothing is said", () => {
    expect(csvSettingsSchema.parse({})).toEqual({
      delimiter: ",",
      valueColumns: [1],
      header: false,
      commentPrefixes: ["#"],
      encoding: "auto",
      columns: {},
    });
  });

  it.each([
    [{ delimiter: String.raw`\t` }, { delimiter: "\t" }],
    [{ delimiter: "" }, { delimiter: "," }],
    [{ delimiter: "||" }, { delimiter: "||" }],
    [{ encoding: "latin1" }, { encoding: "windows-1252" }],
    [{ encoding: "Mac" }, { encoding: "macintosh" }],
    [{ encoding: "UTF8" }, { encoding: "utf-8" }],
    [{ valueColumns: [] }, { valueColumns: [] }],
    [
      { header: true, valueColumns: ["ioc", 3], columns: { tlp: "TLP" } },
      { valueColumns: ["ioc", 3], columns: { tlp: "TLP" } },
    ],
  ])("takes %j", (input, expected) => {
    expect(csvSettingsSchema.parse(input)).toMatchObject(expected);
  });

  it.each([
    [{ delimiter: '"' }],
    [{ delimiter: "\n" }],
    [{ encoding: "klingon" }],
    [{ valueColumns: [0] }],
    [{ valueColumns: ["ioc"] }],
    [{ columns: { tlp: "TLP" } }],
    [{ columns: { nonsense: 1 } }],
    [{ delimeter: "," }],
  ])("refuses %j", (input) => {
    expect(csvSettingsSchema.safeParse(input).success).toBe(false);
  });
});
