import { describe, expect, it } from "vitest";

import { csvSettingsSchema } from "@/lib/domain/feed/csv-settings";
import type { ParsedRow } from "@/lib/feeds/contract";

import { csvFormat } from "./parse";

const MD5 = "44d88612fea8a8f36de82e1278abb02f";
const SHA1 = "3395856ce81f2b7382dee72602f798b642f14140";
const SHA256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f";

async function* body(text: string): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length; start += 7)
    yield await Promise.resolve(bytes.subarray(start, start + 7));
}

const batchesOf = async (text: string, csv: object, exclusionRegex: string | null = null) => {
  const batches: (readonly ParsedRow[])[] = [];
  const settings = { csv: csvSettingsSchema.parse(csv), exclusionRegex };
  for await (const batch of csvFormat.parse(body(text), settings)) batches.push(batch);
  return batches;
};

const parse = async (...parameters: Parameters<typeof batchesOf>): Promise<ParsedRow[]> =>
  (await batchesOf(...parameters)).flat();

describe("csvFormat", () => {
  it("reads the shape of Microsoft's COVID-19 list with all that it says", async () => {
    const [row] = await parse(
      `5/11/2020 1:38:47 PM,${SHA256},sha256,white,Azure Sentinel,Phish,"Fake, of course"`,
      { valueColumns: [2], columns: { type: 3, tlp: 4, firstSeen: 1, threatType: 6, comment: 7 } },
    );

    expect(row).toEqual({
      line: 1,
      raw: `5/11/2020 1:38:47 PM,${SHA256},sha256,white,Azure Sentinel,Phish,"Fake, of course"`,
      candidates: [
        {
          ok: true,
          type: "sha256",
          value: SHA256,
          tlp: "clear",
          firstSeen: new Date("2020-05-11T13:38:47Z"),
          threatType: "Phish",
          comment: "Fake, of course",
        },
      ],
    });
  });

  it("counts lines as an editor does, over comments, blank lines and quoted line ends", async () => {
    const rows = await parse(
      '\uFEFF# box\r\n\r\nvalue,note\r\n"evil.com","two\r\nlines"\r\n,,\r\nbbc.co.uk,x',
      {
        header: true,
        columns: { comment: "Note" },
      },
    );

    expect(rows).toMatchObject([
      { line: 4, candidates: [{ value: "evil.com", comment: "two\nlines" }] },
      { line: 7, candidates: [{ value: "bbc.co.uk", comment: "x" }] },
    ]);
  });

  it("gives one candidate for each value column, by number or by name", async () => {
    const rows = await parse(`a,sha256,sha1,md5\nx,${SHA256},${SHA1},${MD5}\nx,${SHA256},,\nx,,,\nx`, {
      header: true,
      valueColumns: ["SHA256", 3, "md5"],
    });

    expect(
      rows.map(({ candidates }) =>
        candidates.map((candidate) => (candidate.ok ? candidate.type : candidate.code)),
      ),
    ).toEqual([["sha256", "sha1", "md5"], ["sha256"], ["empty"], ["empty"]]);
    expect(rows[3]?.candidates).toMatchObject([
      { reason: "The row has 1 columns, the value should be in column 2." },
    ]);
  });

  it("tries every cell when no value column is named, and counts the others only when none is a value", async () => {
    const rows = await parse("2026-01-01,evil.com,203.0.113.7,note\nnothing,here", { valueColumns: [] });

    expect(rows).toMatchObject([
      { candidates: [{ value: "evil.com" }, { value: "203.0.113.7" }] },
      { candidates: [{ ok: false, text: "nothing" }] },
    ]);
  });

  it("loses no row to a broken one, and says what is wrong with it", async () => {
    const rows = await parse('evil.com,"a"b"\n999.1.1.1,x\n203.0.113.7,"never closed\nbbc.co.uk,x', {});

    expect(rows).toMatchObject([
      { line: 1, candidates: [{ ok: false, code: "malformed_row" }] },
      { line: 2, candidates: [{ ok: false, code: "bad_address", text: "999.1.1.1" }] },
      { line: 3, candidates: [{ ok: false, code: "unclosed_quote" }] },
      { line: 4, candidates: [{ ok: true, value: "bbc.co.uk" }] },
    ]);
  });

  it("refuses what the type column calls no indicator, and tells certificates from files", async () => {
    const rows = await parse(
      `imphash,${MD5}\nfilename,cmd.com\nx509-fingerprint-sha1,${SHA1}\nsha1,${SHA1}\nanything,evil.com`,
      { valueColumns: [2], columns: { type: 1 } },
    );

    expect(rows.map(({ candidates: [only] }) => (only?.ok ? only.type : only?.code))).toEqual([
      "unsupported_type",
      "unsupported_type",
      "cert-sha1",
      "sha1",
      "domain",
    ]);
  });

  it("splits a range into its networks", async () => {
    expect(await parse("203.0.113.4-203.0.113.8", {})).toMatchObject([
      { candidates: [{ value: "203.0.113.4/30" }, { value: "203.0.113.8" }] },
    ]);
  });

  it("excludes by the value as written and as stored, and keeps that apart from refusing", async () => {
    const rows = await parse("hxxp://evil[.]com/\nbad value evil.com\nother.com", {}, String.raw`evil\.com`);

    expect(rows.map(({ candidates: [only] }) => (only?.ok ? "kept" : only?.code))).toEqual([
      "excluded",
      "excluded",
      "kept",
    ]);
  });

  it("hands over a thousand rows at a time at most", async () => {
    const text = Array.from({ length: 2_500 }, (_, index) => `host${String(index)}.example.com`).join("\n");

    const sizes = (await batchesOf(text, {})).map(({ length }) => length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(2_500);
  });

  it("ends with words when the list lacks a named column", async () => {
    await expect(parse("a,b\n1,2", { header: true, valueColumns: ["ioc"] })).rejects.toThrow(
      "The list has no column “ioc”. Its header row reads: a, b.",
    );
  });

  it("has no rows in an empty body", async () => {
    expect(await parse("", { header: true })).toEqual([]);
  });
});
