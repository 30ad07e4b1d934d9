import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import type { Candidate, ParsedRow, ParseSettings } from "@/lib/feeds/contract";

import { jsonFormat } from "./parse";

async function* inPieces(body: string, size = 50): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(body);
  for (let start = 0; start < bytes.length; start += size)
    yield await Promise.resolve(bytes.subarray(start, start + size));
}

type Json = Partial<ParseSettings["json"]>;
const settingsFor = (json: Json, more: Partial<ParseSettings> = {}): ParseSettings => ({
  ...feedSettingsSchema.parse({ json }),
  now: new Date("2026-11-24T08:00:00Z"),
  ...more,
});

const parse = async (body: string, json: Json, more: Partial<ParseSettings> = {}): Promise<ParsedRow[]> => {
  const rows: ParsedRow[] = [];
  for await (const batch of jsonFormat.parse(inPieces(body), settingsFor(json, more))) rows.push(...batch);
  return rows;
};

const brief = (candidate: Candidate): string =>
  candidate.ok ? `${candidate.type} ${candidate.value}` : `- ${candidate.code}`;
const briefs = async (body: string, json: Json, more: Partial<ParseSettings> = {}): Promise<string[]> =>
  (await parse(body, json, more)).flatMap(({ line, candidates }) =>
    candidates.map((candidate) => `${String(line)} ${brief(candidate)}`),
  );

const SHA256 = createHash("sha256").update("x").digest("hex");
const SHA1 = createHash("sha1").update("x").digest("hex");

describe("a JSON document", () => {
  it("reads a bare list of values", async () => {
    expect(await briefs('["evil.example.com", "192[.]0[.]2[.]1", "nonsense", "", null]', {})).toEqual([
      "1 domain evil.example.com",
      "2 ipv4 192.0.2.1",
      "3 - not_an_indicator",
      "4 - empty",
    ]);
  });

  it("reads items with every field, typed as the columns of a list are", async () => {
    const body = JSON.stringify({
      meta: { count: 1 },
      data: [
        {
          ioc: "hxxp://evil[.]example.com/a",
          score: 85,
          tags: [{ name: "emotet" }, { name: "tlp:green" }],
          marking: "TLP:AMBER+STRICT",
          seen: { first: 1_700_000_000, last: "2026-11-01" },
          until: "2027-01-01T00:00:00Z",
          kind: "url",
          threat: "Botnet",
          note: " C2 of the day ",
        },
      ],
    });

    const [row] = await parse(body, {
      list: "data",
      value: "ioc",
      fields: {
        type: "kind",
        confidence: "score",
        tags: "tags[].name",
        tlp: "marking",
        firstSeen: "seen.first",
        lastSeen: "seen.last",
        validUntil: "until",
        threatType: "threat",
        comment: "note",
      },
    });

    expect(row?.line).toBe(1);
    expect(row?.raw).toContain('"ioc":"hxxp');
    expect(row?.candidates).toEqual([
      expect.objectContaining({
        ok: true,
        type: "url",
        value: "http://evil.example.com/a",
        confidence: 85,
        tags: ["emotet"],
        tlp: "amber+strict",
        firstSeen: new Date(1_700_000_000_000),
        lastSeen: new Date("2026-11-01T00:00:00Z"),
        validUntil: new Date("2027-01-01T00:00:00Z"),
        threatType: "Botnet",
        comment: "C2 of the day",
      }),
    ]);
  });

  it("takes several values from one item", async () => {
    const body = JSON.stringify([
      { ips: ["192.0.2.1", "192.0.2.2"], hashes: { sha256: SHA256, sha1: null } },
    ]);

    expect(await briefs(body, { value: "[ips, hashes.sha1, hashes.sha256]" })).toEqual([
      "1 ipv4 192.0.2.1",
      "1 ipv4 192.0.2.2",
      `1 sha256 ${SHA256}`,
    ]);
  });

  it("lets the type's word settle what the form leaves open", async () => {
    const body = JSON.stringify([
      { v: SHA1, t: "sslcert_sha1" },
      { v: SHA1, t: "imphash" },
      { v: SHA1, t: "sha1_hash" },
    ]);

    expect(await briefs(body, { value: "v", fields: { type: "t" } })).toEqual([
      `1 cert-sha1 ${SHA1}`,
      "2 - unsupported_type",
      `3 sha1 ${SHA1}`,
    ]);
  });

  it("says what is missing where the value should be, and goes on", async () => {
    const rows = await parse('[{"a": {"b": 1}}, {"c": 2}, {"a": "evil.example.com"}]', { value: "a" });

    expect(
      rows.map(({ candidates: [first] }) => (first?.ok === false ? first.reason : first?.value)),
    ).toEqual([
      "At “a” stands an object: name the path to the text in it.",
      "The item has nothing at “a”.",
      "evil.example.com",
    ]);
  });

  it("costs only the item when a function does not fit", async () => {
    const found = await briefs('[{"v": null}, {"v": "EVIL.example.com"}]', { value: "lower(v)" });

    expect(found).toEqual(["1 - malformed_row", "2 domain evil.example.com"]);
  });

  it("ignores a field whose path does not fit", async () => {
    const [row] = await parse('[{"v": "evil.example.com"}]', { value: "v", fields: { comment: "upper(x)" } });

    expect(row?.candidates[0]).not.toHaveProperty("comment");
  });

  it("leaves out what the owner excludes", async () => {
    const found = await briefs('["evil.example.com", "good.example.com"]', {}, { exclusionRegex: "^good" });

    expect(found).toEqual(["1 domain evil.example.com", "2 - excluded"]);
  });

  it.each([
    ["data[?type=='domain'].value", ["1 domain b.example.com"]],
    ["keys(hosts)", ["1 domain x.example.com", "2 domain y.example.com"]],
    ["data[0]", ["1 ipv4 192.0.2.1"]],
    ["data[?type=='none']", []],
    ["nowhere[0]", []],
  ])("finds the list by any expression: %s", async (list, expected) => {
    const body = JSON.stringify({
      data: [
        { type: "ip", value: "192.0.2.1" },
        { type: "domain", value: "b.example.com" },
      ],
      hosts: { "x.example.com": 1, "y.example.com": 2 },
    });

    expect(await briefs(body, { list, value: list === "data[0]" ? "value" : "@" })).toEqual(expected);
  });

  it.each(["data", "data[?v]"])("refuses a document that breaks off, read by %s", async (list) => {
    await expect(
      parse('{"data": [{"v": "evil.example.com"}, {"v": "ev', { list, value: "v" }),
    ).rejects.toThrow(/^The answer is no whole JSON document: .* Nothing was changed\./);
  });

  it("gives what came of a document that is known to break off, and says so", async () => {
    const body = '{"data": [{"v": "evil.example.com"}, {"v": "ev';

    expect(await briefs(body, { list: "data", value: "v" }, { acceptsBroken: true })).toEqual([
      "1 domain evil.example.com",
      "2 - broken_document",
    ]);
  });

  it("gives what came before the rules of JSON are broken", async () => {
    const body = '[{"v": "evil.example.com"}] [{"v": "other.example.com"}]';

    expect(await briefs(body, { value: "v" }, { acceptsBroken: true })).toEqual([
      "1 domain evil.example.com",
      "2 - broken_document",
    ]);
  });

  it("refuses a document with a broken item", async () => {
    await expect(parse('[{"v": 1}, {"v": nonsense}]', { value: "v" })).rejects.toThrow(
      "item 2 cannot be read",
    );
  });

  it("gives a web page and an empty answer on to the guards", async () => {
    expect(await briefs("<!DOCTYPE html><html></html>", {})).toEqual(["1 - broken_document"]);
    expect(await briefs("", {})).toEqual([]);
    expect(await briefs(" ", { list: "data[0]" })).toEqual([]);
  });

  it("points to the list when one item holds the whole document", async () => {
    const values = Array.from({ length: 60_000 }, (_, index) => `host${String(index)}.example.com`);
    const [row] = await parse(JSON.stringify({ data: values }), {});

    expect(row?.candidates[0]).toMatchObject({ code: "line_too_long" });
    expect(row?.candidates[0]).toHaveProperty("reason", expect.stringContaining("name the path to the list"));
  });

  it("stops when told to", async () => {
    const body = JSON.stringify(Array.from({ length: 20_000 }, () => "evil.example.com"));
    const stop = new AbortController();
    const readAll = async (): Promise<void> => {
      for await (const batch of jsonFormat.parse(inPieces(body, 1_000), settingsFor({}), stop.signal))
        if (batch.length > 0) stop.abort();
    };

    await expect(readAll()).rejects.toThrow(/abort/i);
  });

  it("never holds more than it has just read of a document", async () => {
    const items = 50_000;
    let sent = 0;
    async function* document(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"skipped": {"a": [1, 2]}, "data": [');
      for (; sent < items; sent += 500) {
        const some = Array.from({ length: 500 }, (_, index) =>
          JSON.stringify({ v: `h${String(sent + index)}.example.com`, text: "y".repeat(200) }),
        );
        yield await Promise.resolve(Buffer.from(`${sent === 0 ? "" : ","}${some.join(",")}`));
      }
      yield Buffer.from("]}");
    }
    let rows = 0;
    for await (const batch of jsonFormat.parse(document(), settingsFor({ list: "data", value: "v" }))) {
      expect(batch.length).toBeLessThanOrEqual(1_000);
      expect(sent - rows).toBeLessThanOrEqual(2_000);
      rows += batch.length;
    }

    expect(rows).toBe(items);
  });
});

describe("JSON lines", () => {
  it("costs only itself when a line is broken, and keeps its number", async () => {
    const body = ['{"v": "evil.example.com"}', "", '{"v": "bro', '\u001E{"v": "192.0.2.1"}', "null"].join(
      "\r\n",
    );

    expect(await briefs(body, { isLines: true, value: "v" })).toEqual([
      "1 domain evil.example.com",
      "3 - malformed_row",
      "4 ipv4 192.0.2.1",
    ]);
  });

  it("refuses a line without end", async () => {
    const body = `{"v": "${"x".repeat(1_100_000)}"}\n{"v": "192.0.2.1"}`;
    const rows = [];
    for await (const batch of jsonFormat.parse(
      inPieces(body, 65_536),
      settingsFor({ isLines: true, value: "v" }),
    ))
      rows.push(...batch);

    expect(rows.map(({ line, candidates }) => [line, candidates.map(brief)])).toEqual([
      [1, ["- line_too_long"]],
      [2, ["ipv4 192.0.2.1"]],
    ]);
  });
});
