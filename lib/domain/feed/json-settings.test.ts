import { describe, expect, it } from "vitest";

import { jsonSettingsSchema } from "./json-settings";

describe("jsonSettingsSchema", () => {
  it("reads each element of a list of values when nothing is said", () => {
    expect(jsonSettingsSchema.parse({})).toEqual({ list: "@", isLines: false, value: "@", fields: {} });
  });

  it.each([
    [{ list: "data.items", value: '"ioc-value"' }],
    [{ list: "*[]", value: "[md5, sha1, sha256]" }],
    [{ list: "data[?type=='ip' || type=='domain'].{v: value, t: type}", value: "v" }],
    [{ value: "join('', ['https://', host, path])", fields: { tags: "join(',', tags[].name)" } }],
    [{ value: "replace(ioc, '[.]', '.')" }],
    [{ value: "map(&upper(@), names)[]" }],
    [{ list: "[blocks[].ip, hosts[].name][]", fields: { confidence: "score > `50` && 'high' || 'low'" } }],
  ])("takes %j", (input) => {
    expect(jsonSettingsSchema.safeParse(input).error).toBeUndefined();
  });

  it.each([
    ["is no JMESPath", { value: "a..b" }, "no JMESPath expression"],
    ["is empty", { value: " " }, "Leave the path out"],
    ["doubles with every step", { value: "[@,@][] | [@,@][] | ".repeat(20) + "@" }, "copies what it reads"],
    ["is a list that doubles", { list: "[@,@][] | [@,@][] | [@,@][] | [@,@][]" }, "copies what it reads"],
    [
      "doubles inside a condition",
      { value: `a[?contains(${"[@,@][] | ".repeat(12)}@, 'x')]` },
      "copies what",
    ],
    ["doubles backslashes", { value: "to_string([".repeat(12) + "@" + "])".repeat(12) }, "copies what"],
    [
      "replaces by more and more",
      { value: "replace(replace(a, 'b', 'bbbbbbbbbbbbbb'), 'b', 'bbbbbbbbbbbbb')" },
      "copies",
    ],
    ["looks back at the whole", { value: "a[].map(&$, @)" }, "reads downwards"],
    ["binds the whole to a name", { value: "let $x = @ in map(&$x, a)" }, "reads downwards"],
    ["pads", { value: "pad_left(a, `1000000000`)" }, "cannot be used"],
    ["joins by what it reads", { value: "join(a, b)" }, "written out"],
  ])("refuses a path that %s", (_case, input, message) => {
    expect(jsonSettingsSchema.safeParse(input).error?.issues[0]?.message).toContain(message);
  });
});
