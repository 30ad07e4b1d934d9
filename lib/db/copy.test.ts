import { describe, expect, it } from "vitest";

import { createRowBuffer, type CopyValue } from "./copy";

const written = (...rows: readonly (readonly CopyValue[])[]): string => {
  const buffer = createRowBuffer();
  for (const row of rows) buffer.add(row);
  return Buffer.concat(buffer.take()).toString("utf8");
};

describe("rows in COPY's text format", () => {
  it.each<[string, CopyValue, string]>([
    ["plain text", "evil.example", "evil.example"],
    ["nothing", "", ""],
    ["null", null, "\\N"],
    ["a backslash", String.raw`C:\N`, String.raw`C:\\N`],
    ["line ends and tabs", "a\tb\nc\rd", String.raw`a\tb\nc\rd`],
    ["text beyond ASCII", "пример.рф 😀 \u007f\u0080", "пример.рф 😀 \u007f\u0080"],
    ["NUL, which no text of PostgreSQL holds", "a\0b", "ab"],
    ["half a character", "a\ud800b", "a\ufffdb"],
    ["numbers", -12.5, "-12.5"],
    ["a time", new Date("2026-11-28T01:02:03.004Z"), "2026-11-28T01:02:03.004Z"],
    ["no tags", [], "{}"],
    ["tags", ["a", 'b"c', String.raw`d\e`], String.raw`{"a","b\\"c","d\\\\e"}`],
  ])("writes %s", (_what, value, expected) => {
    expect(written([value, value])).toBe(`${expected}\t${expected}\n`);
  });

  it.each([
    0,
    7,
    9,
    10,
    99,
    100,
    101,
    4_294_967_296,
    999_999_999_999_999,
    Number.MAX_SAFE_INTEGER,
    1e21,
    0.5,
  ])("writes the number %d as its digits", (number) => {
    expect(written([number, number])).toBe(`${String(number)}\t${String(number)}\n`);
  });

  it("goes on in another piece wherever one is full", () => {
    const rows = Array.from({ length: 3_000 }, (_, index): CopyValue[] => [
      index,
      "é".repeat(index % 200),
      null,
      "x".repeat(index % 7 === 0 ? 100_000 / 3_000 : 90),
    ]);
    rows.push(["y".repeat(300_000), null]);
    const expected = rows.map((row) =>
      row.map((value) => (value === null ? "\\N" : String(value))).join("\t"),
    );
    expect(written(...rows)).toBe(`${expected.join("\n")}\n`);
  });

  it("begins anew once it was taken", () => {
    const buffer = createRowBuffer();
    buffer.add(["one"]);
    expect(buffer.size()).toBe(4);
    buffer.take();
    expect([buffer.size(), buffer.take()]).toEqual([0, []]);
    buffer.add(["two"]);
    expect(Buffer.concat(buffer.take()).toString()).toBe("two\n");
  });

  it("fills anew what was given back, and nothing else", () => {
    const buffer = createRowBuffer();
    buffer.add(["first"]);
    const given = buffer.take();
    buffer.giveBack(given);
    buffer.add(["second"]);
    const kept = buffer.take();
    buffer.add(["third"]);
    const last = buffer.take();

    // The piece that follows one is ready before that is given back.
    expect(kept[0]?.buffer).not.toBe(given[0]?.buffer);
    expect(last[0]?.buffer).toBe(given[0]?.buffer);
    expect([...kept, ...last].map(String)).toEqual(["second\n", "third\n"]);
  });
});
