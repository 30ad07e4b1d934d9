import { search } from "@jmespath-community/jmespath";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { compilePath } from "@/lib/domain/feed/json-path";

import { toSteps } from "./list-path";
import { createScanner } from "./scan";

const stepsOf = (path: string) => {
  const compiled = compilePath(path);
  return typeof compiled === "string" ? null : toSteps(compiled);
};

const itemsOf = (path: string, document: string, pieceChars = 7): unknown[] => {
  const scanner = createScanner(stepsOf(path) ?? []);
  const items = [];
  for (let at = 0; at < document.length; at += pieceChars)
    items.push(...scanner.push(document.slice(at, at + pieceChars)));
  items.push(...scanner.end());
  return items.map(({ text }): unknown => JSON.parse(text));
};

describe("createScanner", () => {
  it.each([
    ["@", "[1, 2, {}]", [1, 2, {}]],
    ["@", '{"a": 1}', [{ a: 1 }]],
    ["data", '{"meta": {"data": [0]}, "data": [1, null, "x,]"], "more": "}"}', [1, "x,]"]],
    ["data.items", '{"data": {"items": [[1], [2]], "x": [3]}}', [[1], [2]]],
    ["data", '{"data": {"not": "a list"}}', [{ not: "a list" }]],
    ["data", '{"data": null}', []],
    ["data", '{"other": 1}', []],
    ["data", "[1, 2]", []],
    ['"a-\\"b"', '{"a-\\"b": [1], "a-b": [2]}', [1]],
    ["data[]", '{"data": [1, [2, [3]]]}', [1, 2, [3]]],
    ["data[*]", '{"data": [1, [2]]}', [1, [2]]],
    ["[].x", '[{"x": 1}, 5, {"y": 2}, [{"x": [3]}]]', [1, [3]]],
    ["events[].attributes[]", '{"events": [{"attributes": [1, 2]}, {"attributes": [3]}]}', [1, 2, 3]],
    ["*", '{"a": [1], "b": 2}', [[1], 2]],
    ["*[]", '{"a": [1, 2], "b": [3], "c": 4}', [1, 2, 3, 4]],
    ["data.*.ip", '{"data": {"x": {"ip": 1}, "y": {"ip": 2}}}', [1, 2]],
    ["@", "  42 ", [42]],
    ["@", "", []],
  ])("finds the items of %s in %s", (path, document, expected) => {
    for (const pieceChars of [1, 3, 100]) expect(itemsOf(path, document, pieceChars)).toEqual(expected);
  });

  it("finds what JMESPath finds", () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.integer({ min: 0, max: 9 }),
        fc.constantFrom(null, true, "", 'q"[{', "\\"),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom("a", "b"), tie("value")),
      ),
    }));
    const path = fc.constantFrom(
      "@",
      "a",
      "a.b",
      "a[]",
      "a[*]",
      "[].a",
      "a[].b[]",
      "*",
      "*[]",
      "a.*",
      "[*].b",
    );
    fc.assert(
      fc.property(
        path,
        value,
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (list, document, size, isSpaced) => {
          const found = search(z.json().parse(document), list);
          const expected = (Array.isArray(found) ? found : [found]).filter((item) => item !== null);
          const text = JSON.stringify(document, null, isSpaced ? 1 : 0);
          expect(itemsOf(list, text, size)).toEqual(expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each(["data[0]", "data[?x]", "keys(@)", "a[*].b[*].c", "[a, b]", "data[0:5]", "a || b"])(
    "leaves %s to JMESPath",
    (path) => {
      expect(stepsOf(path)).toBeNull();
    },
  );

  it.each([
    ['{"data": [1, 2', "it ends after 14 characters"],
    ['{"data": [1, 2]', "it ends after 15 characters"],
    ['{"data": [1 2]}', "unexpected “2” after 12"],
    ['{"data": [1,]}', "unexpected “]” after 12"],
    ['{"data": [1]]', "unexpected “]” after 12"],
    ['{"data" [1]}', "unexpected “[” instead of a colon"],
    ["{data: [1]}", "unexpected “d” instead of a name"],
    ['{"data": [1],}', "unexpected “}” instead of a name"],
    ['{"data": [1]}\n{"data": [2]}', "there is more after 14"],
    ["<html>", "unexpected “<”"],
    ['{"data": "never', "it ends"],
  ])("says where %s breaks", (document, expected) => {
    expect(() => itemsOf("data", document)).toThrow(expected);
  });

  it("keeps only the beginning of an item without end", () => {
    const scanner = createScanner([{ kind: "elements" }]);
    scanner.push("[");
    for (let count = 0; count < 20; count++)
      scanner.push(count === 0 ? `"${"x".repeat(100_000)}` : "x".repeat(100_000));
    const [item] = scanner.push('", 1]');

    expect(item?.isTooLong).toBe(true);
    expect(item?.text).toHaveLength(1_048_576);
    expect(scanner.end()).toEqual([]);
  });
});
