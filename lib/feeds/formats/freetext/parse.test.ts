import { describe, expect, it } from "vitest";

import { csvSettingsSchema } from "@/lib/domain/feed/csv-settings";
import type { ParsedRow } from "@/lib/feeds/contract";

import { freetextFormat } from "./parse";

async function* body(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(text));
}

const parse = async (text: string, exclusionRegex: string | null = null): Promise<ParsedRow[]> => {
  const rows: ParsedRow[] = [];
  const settings = { csv: csvSettingsSchema.parse({}), exclusionRegex };
  for await (const batch of freetextFormat.parse(body(text), settings)) rows.push(...batch);
  return rows;
};

describe("freetextFormat", () => {
  it.each([
    ["203.0.113.7 # SBL1", [{ ok: true, type: "ipv4", value: "203.0.113.7", comment: "SBL1" }]],
    ["203.0.113.0/24 ; SBL2", [{ ok: true, type: "ipv4-cidr", value: "203.0.113.0/24", comment: "SBL2" }]],
    ["0.0.0.0 evil.com", [{ ok: true, type: "domain", value: "evil.com" }]],
    [
      "127.0.0.1\tevil.com www.evil.com # two",
      [{ value: "evil.com" }, { value: "www.evil.com", comment: "two" }],
    ],
    ["203.0.113.4 - 203.0.113.7", [{ type: "ipv4-cidr", value: "203.0.113.4/30", marks: ["range-split"] }]],
    ["http://evil.com/a,b#c", [{ type: "url", value: "http://evil.com/a,b" }]],
    ["203.0.113.7\t5", [{ value: "203.0.113.7" }]],
    ["203.0.113.7,evil.invalidtld", [{ value: "203.0.113.7" }, { ok: false, code: "no_public_suffix" }]],
    ["evil.invalidtld", [{ ok: false, code: "no_public_suffix", text: "evil.invalidtld" }]],
  ])("reads %j", async (line, candidates) => {
    const [row] = await parse(line);

    expect(row).toMatchObject({ line: 1, raw: line, candidates });
    expect(row?.candidates).toHaveLength(candidates.length);
  });

  it("skips comments and blank lines but counts them", async () => {
    const rows = await parse("# evil.com\n; evil.com\n// evil.com\n\n  \nevil.com\n");

    expect(rows).toEqual([
      { line: 6, raw: "evil.com", candidates: [{ ok: true, type: "domain", value: "evil.com" }] },
    ]);
  });

  it("excludes by pattern and goes on after a line that is too long", async () => {
    const rows = await parse(`evil.com\n${"x".repeat(1_100_000)}\nbad.com`, "^evil");

    expect(rows).toMatchObject([
      { line: 1, candidates: [{ ok: false, code: "excluded" }] },
      { line: 2, candidates: [{ ok: false, code: "line_too_long" }] },
      { line: 3, candidates: [{ ok: true, value: "bad.com" }] },
    ]);
  });
});
