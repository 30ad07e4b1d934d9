import { describe, expect, it } from "vitest";

import { AppError } from "../errors";
import { feedPatchSchema, feedSettingsSchema } from "./feed";
import { mergeSettings } from "./merge-settings";

const SAVED = feedSettingsSchema.parse({
  csv: { delimiter: ";", header: true, valueColumns: ["ioc"], columns: { comment: "note", tlp: 4 } },
  json: { list: "data", value: "ioc", fields: { tags: "labels" } },
  misp: {
    publishedOnly: true,
    tags: { allow: ["a"], block: ["b"] },
    filters: { eventinfo: "x", sharinggroup: [1] },
  },
  limits: { maxRows: 7 },
  tls: { caPem: "-----BEGIN CERTIFICATE-----", isInsecure: false },
  expiryDaysByType: { ipv4: 3, url: 9 },
});

const merge = (patch: object) => mergeSettings(SAVED, feedPatchSchema.parse(patch));
const refusal = (patch: object): unknown => {
  try {
    return merge(patch);
  } catch (error) {
    return error;
  }
};

describe("a change of a feed's settings", () => {
  it.each([
    ["csv", { delimiter: "|" }, { ...SAVED.csv, delimiter: "|" }],
    ["csv", { columns: { comment: 3 } }, { ...SAVED.csv, columns: { comment: 3, tlp: 4 } }],
    ["csv", { columns: { comment: null } }, { ...SAVED.csv, columns: { tlp: 4 } }],
    ["csv", { delimiter: null, valueColumns: [2] }, { ...SAVED.csv, delimiter: ",", valueColumns: [2] }],
    ["json", { value: "name" }, { ...SAVED.json, value: "name" }],
    ["json", { fields: { tags: null, comment: "c" } }, { ...SAVED.json, fields: { comment: "c" } }],
    ["misp", { tags: { block: [] } }, { ...SAVED.misp, tags: { allow: ["a"], block: [] } }],
    ["misp", { filters: { eventinfo: null } }, { ...SAVED.misp, filters: { sharinggroup: [1] } }],
    ["misp", { maxAgeDays: 5 }, { ...SAVED.misp, maxAgeDays: 5 }],
    ["limits", { maxMinutes: 5 }, { ...SAVED.limits, maxMinutes: 5 }],
    ["tls", { isInsecure: true }, { ...SAVED.tls, isInsecure: true }],
    ["tls", { caPem: "" }, { ...SAVED.tls, caPem: null }],
    ["expiryDaysByType", { url: null, md5: 8 }, { ipv4: 3, md5: 8 }],
  ])("in %s by %j leaves what it does not name as it was", (field, given, expected) => {
    expect(merge({ [field]: given })).toEqual({ ...SAVED, [field]: expected });
  });

  it("forgets whether drafts are wanted when that is taken back", () => {
    expect(merge({ misp: { publishedOnly: null } }).misp).not.toHaveProperty("publishedOnly");
  });

  it("is refused, by field, where what comes of it cannot be", () => {
    const problem = refusal({ csv: { header: false } });

    expect(problem).toBeInstanceOf(AppError);
    expect(problem).toMatchObject({ code: "invalid_input", fields: [{ pointer: "/csv/header" }] });
  });

  it.each([
    { csv: { delimeter: ";" } },
    { csv: { columns: { colour: 1 } } },
    { misp: { filters: { page: 2 } } },
    { limits: { maxRows: 0 } },
  ])("is refused where a field is unknown or out of bounds: %j", (patch) => {
    expect(feedPatchSchema.safeParse(patch).success).toBe(false);
  });
});
