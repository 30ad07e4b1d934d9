import { describe, expect, it } from "vitest";

import { csvFormat } from "./formats/csv/parse";
import { getFormat } from "./registry";

describe("getFormat", () => {
  it("knows the parser of a kind, and says so when there is none", () => {
    expect(getFormat("csv")).toBe(csvFormat);
    expect(() => getFormat("local")).toThrow("No parser reads feeds of the kind “local”.");
  });
});
