import { describe, expect, it } from "vitest";
import { z } from "zod";

import { blankAsUndefined, checkbox, listOf } from "./fields";
import { readForm } from "./read-form";

const form = (...fields: [string, string | Blob][]): FormData => {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
};

const schema = z.strictObject({
  team: z.string(),
  days: blankAsUndefined(z.coerce.number().optional()),
  tags: listOf(z.string()),
  enabled: checkbox(),
  csv: z.strictObject({ delimiter: z.string(), header: checkbox() }).optional(),
});

describe("a form", () => {
  it("becomes what its schema wants: repeated names a list, dotted names an object", () => {
    const sent = form(
      ["team", "team-a"],
      ["days", " "],
      ["tags", "one"],
      ["tags", "two"],
      ["enabled", "on"],
      ["csv.delimiter", ","],
      ["csv.header", "on"],
    );
    expect(schema.parse(readForm(sent))).toEqual({
      team: "team-a",
      days: undefined,
      tags: ["one", "two"],
      enabled: true,
      csv: { delimiter: ",", header: true },
    });
  });

  it("may name a list once or never, and leave a box unchecked", () => {
    expect(schema.parse(readForm(form(["team", "a"], ["tags", "one"])))).toMatchObject({
      tags: ["one"],
      enabled: false,
    });
    expect(schema.parse(readForm(form(["team", "a"], ["tags", ""])))).toMatchObject({ tags: [] });
    expect(schema.parse(readForm(form(["team", "a"])))).toMatchObject({ tags: [] });
  });

  it("keeps a file as a file and leaves out what React adds", () => {
    const sent = readForm(form(["$ACTION_ID_1", ""], ["file", new File(["x"], "a.csv")]));
    expect(Object.keys(sent)).toEqual(["file"]);
    expect(sent["file"]).toBeInstanceOf(File);
  });

  it.each(["__proto__.isAdministrator", "constructor.prototype.isAdministrator", "__proto__"])(
    "changes no other object by the name %s",
    (name) => {
      readForm(form([name, "yes"]));
      expect("isAdministrator" in {}).toBe(false);
    },
  );
});
