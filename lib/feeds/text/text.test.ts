import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeText } from "./decode";
import { detectEncoding } from "./encoding";
import { findEncoding } from "./encoding-search";
import { MAX_LINE_CHARS, readLines } from "./lines";
import { isWebPage } from "./web-page";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A body that arrives in pieces of the given size. */
async function* inPieces(body: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < body.length; start += size)
    yield await Promise.resolve(body.subarray(start, start + size));
}

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  for (const text of texts) yield await Promise.resolve(text);
}

const decode = async (body: Uint8Array, encoding: string, size = 1): Promise<string> => {
  let text = "";
  for await (const piece of decodeText(inPieces(body, size), encoding)) text += piece;
  return text;
};

const linesOf = async (text: AsyncIterable<string>): Promise<string[]> => {
  const lines: string[] = [];
  for await (const some of readLines(text)) lines.push(...some);
  return lines;
};

const utf16 = (text: string, isBig: boolean, bom: boolean): Uint8Array => {
  const units = bom ? `\uFEFF${text}` : text;
  const view = new DataView(new ArrayBuffer(units.length * 2));
  for (let index = 0; index < units.length; index++)
    view.setUint16(index * 2, units.charCodeAt(index), !isBig);
  return new Uint8Array(view.buffer);
};

const TEXT = "bücher.example,“note”\nevil.example,x\n";

describe("decodeText", () => {
  it.each([
    ["utf-8", bytes(TEXT), "auto"],
    ["utf-8 with a mark", bytes(`\uFEFF${TEXT}`), "auto"],
    ["utf-16le with a mark", utf16(TEXT, false, true), "auto"],
    ["utf-16be with a mark", utf16(TEXT, true, true), "auto"],
    ["utf-16le without a mark", utf16(TEXT, false, false), "auto"],
    ["utf-16be as set", utf16(TEXT, true, false), "utf-16be"],
    ["a mark that contradicts the setting", utf16(TEXT, false, true), "windows-1252"],
  ])("reads %s, even when it arrives byte by byte", async (_, body, encoding) => {
    expect(await decode(body, encoding)).toBe(TEXT);
  });

  it("reads windows-1252 with its dashes and quotes, found by itself or named latin1", async () => {
    const body = Uint8Array.from([0x62, 0xfc, 0x93, 0x80, 0x96, 0x94, 0x0a]);

    expect(await decode(body, "auto")).toBe("bü“€–”\n");
    expect(await decode(body, new TextDecoder("latin1").encoding)).toBe("bü“€–”\n");
  });

  it("reads the encoding of old Macintosh files", async () => {
    expect(await decode(Uint8Array.from([0x62, 0x9f, 0xd2, 0xd3]), "macintosh")).toBe("bü“”");
  });

  it.each([
    ["macintosh", [0x63, 0x61, 0x66, 0x8e], "café"],
    ["macintosh", [0x62, 0x9f, 0x63, 0x68, 0x65, 0x72], "bücher"],
    ["macintosh", [0xd2, 0x6e, 0x6f, 0x74, 0x65, 0xd3], "“note”"],
    ["macintosh", [0x64, 0x6f, 0x6e, 0xd5, 0x74], "don’t"],
    ["macintosh", [0x73, 0x65, 0x96, 0x6f, 0x72, 0x0d, 0x61], "señor\ra"],
    ["macintosh", [0x86, 0x62, 0x65, 0x72], "Über"],
    ["windows-1252", [0x63, 0x61, 0x66, 0xe9, 0x0a], "café\n"],
    ["windows-1252", [0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72], "Müller"],
    ["windows-1252", [0xdc, 0x62, 0x65, 0x72], "Über"],
    ["windows-1252", [0x93, 0x6e, 0x6f, 0x74, 0x65, 0x94], "“note”"],
    ["windows-1252", [0x64, 0x6f, 0x6e, 0x92, 0x74], "don’t"],
    ["windows-1252", [0x61, 0x20, 0x96, 0x20, 0x62], "a – b"],
    ["windows-1252", [0x35, 0x20, 0x80], "5 €"],
    ["windows-1252", [0xc9, 0x43, 0x4f, 0x4c, 0x45], "ÉCOLE"],
    ["windows-1252", [0x53, 0x74, 0x72, 0x61, 0xdf, 0x65], "Straße"],
    ["windows-1252", [0xc7, 0x61, 0x20, 0x76, 0x61], "Ça va"],
    ["windows-1252", [0x61, 0x62, 0x97, 0x63, 0x64], "ab—cd"],
    ["windows-1252", [0xa9, 0x20, 0x32, 0x30, 0x32, 0x36], "© 2026"],
  ])("finds %s by how its words read: %j", async (encoding, body, text) => {
    expect(detectEncoding(Uint8Array.from(body))).toBe(encoding);
    expect(await decode(Uint8Array.from(body), "auto")).toBe(text);
  });

  describe("of a list that is ASCII for long", () => {
    const long = "203.0.113.7,a comment\n".repeat(10_000);
    const latin = (text: string): Uint8Array => Buffer.from(text, "latin1");
    const join = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

    it.each([
      ["windows-1252", latin("Stra\u00DFe\n"), "Straße\n"],
      ["macintosh", Uint8Array.from([0x63, 0x61, 0x66, 0x8e, 0x0a]), "café\n"],
      ["utf-8", bytes("bücher\n"), "bücher\n"],
      ["utf-8", Uint8Array.from([0xef, 0xbb, 0xbf, 0x61]), "\uFEFFa"],
    ])("finds %s by the first other byte: %j", async (encoding, end, text) => {
      for (const size of [1_000, 65_536, 100_003, 1_048_576]) {
        const body = join(bytes(long), end, bytes(long));
        expect(await decode(body, "auto", size)).toBe(long + text + long);
        expect(await findEncoding(inPieces(body, size), body.length)).toBe(encoding);
        expect(await decode(join(bytes(long), end), "auto", size)).toBe(long + text);
      }
    });

    it("looks at what follows that byte, up to 64 KB", async () => {
      const early = latin(`\u00A9 2026\n${long.slice(0, 60_000)}M\u00FCller\n`);
      expect(await findEncoding(inPieces(early, 4_096), early.length)).toBe("windows-1252");

      const late = join(bytes(long), bytes("é"), bytes(long), latin("\u00FC"));
      expect(await decode(late, "auto", 65_536)).toBe(`${long}é${long}\uFFFD`);
    });

    it("says UTF-8 where nothing else was seen", async () => {
      expect(await findEncoding(inPieces(join(bytes(long), latin("\u00FC")), 65_536), 65_536)).toBe("utf-8");
    });
  });

  it("reads NUL bytes as blanks, which are no part of a value", async () => {
    expect(await decode(bytes("203.0.113.7\0\n\0\0\nevil\0.com"), "auto")).toBe(
      "203.0.113.7 \n  \nevil .com",
    );
  });

  it("goes on after bytes that are wrong", async () => {
    expect(await decode(Uint8Array.from([0x61, 0xff, 0x62]), "utf-8")).toBe("a\uFFFDb");
  });

  it("does not mistake a sample that ends inside a character for windows-1252", () => {
    expect(detectEncoding(bytes("ü").subarray(0, 1))).toBe("utf-8");
  });

  it("stops when told to", async () => {
    const stop = new AbortController();
    stop.abort();
    const text = decodeText(inPieces(bytes(TEXT), 4), "utf-8", stop.signal);

    await expect(text.next()).rejects.toThrow(/abort/i);
  });
});

describe("readLines", () => {
  it("cuts at CRLF, LF and CR wherever the pieces end", async () => {
    const line = fc
      .array(fc.constantFrom("a", "b", " ", '"'), { maxLength: 4 })
      .map((chars) => chars.join(""));
    const end = fc.constantFrom("\r\n", "\n", "\r");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(line, end)), fc.integer({ min: 1, max: 5 }), async (rows, size) => {
        const text = rows.map(([content, lineEnd]) => content + lineEnd).join("");
        const cut = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
          text.slice(index * size, (index + 1) * size),
        );
        const expected = text.split(/\r\n|\n|\r/);
        if (expected.at(-1) === "") expected.pop();
        expect(await linesOf(pieces(...cut))).toEqual(expected);
      }),
    );
  });

  it("keeps the last line that has no end", async () => {
    expect(await linesOf(pieces("a\nb"))).toEqual(["a", "b"]);
  });

  it("keeps only the beginning of a line without end, and goes on after it", async () => {
    const piece = "x".repeat(400_000);
    const lines = await linesOf(pieces("a\n", piece, piece, piece, piece, piece, "x\nb\nc"));

    expect(lines.map(({ length }) => length)).toEqual([1, MAX_LINE_CHARS + 1, 1, 1]);
    expect(lines.slice(2)).toEqual(["b", "c"]);
  });
});

describe("isWebPage", () => {
  it.each([
    ["<!DOCTYPE html><html>", true],
    ["\n  <html lang='en'>", true],
    ['<?xml version="1.0"?>\n<!DOCTYPE html>', true],
    ["evil.example\n<html>", false],
    ["# <html>", false],
    ["", false],
  ])("tells that %j is one: %s", (text, expected) => {
    expect(isWebPage(text)).toBe(expected);
  });
});
