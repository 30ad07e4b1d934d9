import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { splitCells } from "./cells";
import { createRecordReader } from "./records";

const read = (text: string, delimiter = ","): (readonly string[] | null)[] => {
  const reader = createRecordReader(delimiter, ["#"]);
  const records = [...reader.push(text.split("\n")), ...reader.end()];
  return [...splitCells(records, delimiter)];
};

describe("records and their cells", () => {
  it.each([
    ["a, b ,c", ",", [["a", "b", "c"]]],
    ['"a", "b,c" ,d', ",", [["a", "b,c", "d"]]],
    ['"say ""hi""",b', ",", [['say "hi"', "b"]]],
    ['5" disk,b', ",", [['5" disk', "b"]]],
    [
      '"a\n\nb",c\nd,e',
      ",",
      [
        ["a\n\nb", "c"],
        ["d", "e"],
      ],
    ],
    ['"a\n# no comment",c', ",", [["a\n# no comment", "c"]]],
    ["a\t\tc", "\t", [["a", "", "c"]]],
    ['"a\tb"\tc', "\t", [["a\tb", "c"]]],
    ["a||b|c||d", "||", [["a", "b|c", "d"]]],
    ['"a||b"||c', "||", [["a||b", "c"]]],
    ["  a   b c ", " ", [["a", "b", "c"]]],
    ['a "b c" d', " ", [["a", "b c", "d"]]],
    ["a\n\n# note\n  \nb", ",", [["a"], ["b"]]],
    ["a,b\nc", ",", [["a", "b"], ["c"]]],
    ['"a"b,c', ",", [null]],
    ['a,"b\nc,d', ",", [null, ["c", "d"]]],
  ])("reads %j with %j", (text, delimiter, expected) => {
    expect(read(text, delimiter)).toEqual(expected);
  });

  it("agrees with csv-parse on everything that is quoted by the book", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "b", " ", ",", '"', "\n", "#"), maxLength: 6 });
    const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        (rows) => {
          const text = rows.map((row) => row.map(quote).join(",")).join("\n");
          const expected = parse(text, { relax_column_count: true }).map((row) =>
            row.map((value) => value.trim()),
          );
          expect(read(text)).toEqual(expected);
        },
      ),
    );
  });

  it("reads a list in which every row leaves a quote open in one pass", () => {
    const rows = Array.from({ length: 50_000 }, () => 'a"b,"c');
    const reader = createRecordReader(",", []);
    const records = [...reader.push(rows), ...reader.end()];

    expect(records).toHaveLength(50_000);
    expect(records.every(({ shape }) => shape === "unclosed")).toBe(true);
  });
});
