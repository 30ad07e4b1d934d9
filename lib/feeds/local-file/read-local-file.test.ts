import { describe, expect, it } from "vitest";

import { readLocalFile } from "./read-local-file";

const NOW = new Date("2026-11-28T12:00:00Z");
const read = (...lines: string[]) => readLocalFile(new TextEncoder().encode(lines.join("\n")), NOW);

describe("a table", () => {
  it("is read by the names of its columns, wherever they stand", async () => {
    expect(
      await read(
        "tlp,Comment,value,Valid Until,action,severity,tags,confidence",
        'green,"Ticket 7, first",evil-one[.]net,2027-02-27,Block,High,a;b c,90',
      ),
    ).toEqual({
      format: "csv",
      unit: "line",
      notes: [],
      rows: [
        {
          line: 2,
          text: "evil-one[.]net",
          item: {
            value: "evil-one.net",
            type: "domain",
            comment: "Ticket 7, first",
            confidence: 90,
            tlp: "green",
            tags: ["a", "b c"],
            validUntil: "2027-02-27T00:00:00.000Z",
            action: "Block",
            severity: "High",
          },
        },
      ],
    });
  });

  it("is read as Defender's own page exports it", async () => {
    const { rows } = await read(
      "IndicatorType,IndicatorValue,ExpirationTime,Action,Severity,Title,Description,RecommendedActions",
      `CertificateThumbprint,${"a".repeat(40)},2027-01-01T00:00:00.0Z,Allowed,Informational,T,D,`,
      "Url,http://evil-two.net/x,,BlockAndRemediate,High,T,Why,",
    );
    expect(rows).toMatchObject([
      { line: 2, item: { type: "cert-sha1", action: "Allowed", comment: "D" } },
      { line: 3, item: { type: "url", action: "BlockAndRemediate", comment: "Why" } },
    ]);
  });

  it.each([
    ["confidence", "sure", "no confidence"],
    ["tlp", "purple", "no TLP"],
    ["validUntil", "next week", "no date"],
    ["action", "explode", "no action"],
    ["severity", "huge", "no severity"],
    ["state", "withdrawn", "It was withdrawn when the file was written"],
  ])("refuses a row whose %s is “%s”, with its line, and no other row", async (name, cell, reason) => {
    const { rows } = await read(`value,${name}`, "good-one.net,", `bad-one.net,${cell}`);
    expect(rows).toMatchObject([
      { line: 2, item: { value: "good-one.net" } },
      { line: 3, text: "bad-one.net", reason: expect.stringContaining(reason) as string },
    ]);
  });

  it("says of a row that has no indicator which line it is", async () => {
    const { rows } = await read("value,comment", "evil-one.net,x", "nonsense,y", "", ",z");
    expect(rows.map((row) => [row.line, "reason" in row])).toEqual([
      [2, false],
      [3, true],
      [5, true],
    ]);
  });

  it("without names is read by what stands in it", async () => {
    const { format, rows } = await read(
      "evil-one.net;2026-01-01;Seen in a campaign",
      "evil-two.net;2026-01-02;Seen in another one",
      "evil-three.net;2026-01-03;Seen in a third one",
    );
    expect(format).toBe("csv");
    expect(rows).toMatchObject([
      { item: { value: "evil-one.net", comment: "Seen in a campaign" } },
      { item: { value: "evil-two.net" } },
      { item: { value: "evil-three.net" } },
    ]);
  });
});

describe("JSON", () => {
  it.each([
    ["a list", (items: unknown) => items],
    ["the body that the API takes", (items: unknown) => ({ team: "team-a", indicators: items })],
    ["the answer that the API gives", (items: unknown) => ({ data: items, nextCursor: null })],
  ])("is read from %s", async (_what, wrap) => {
    const items = [
      { value: "evil-one.net", tags: ["a,b", "c"], action: "Audit", comment: "x", tlp: "red" },
      { value: "45.155.205.7:8080", severity: "Low" },
      { value: "nonsense" },
    ];
    const { format, unit, rows } = await read(JSON.stringify(wrap(items)));
    expect([format, unit]).toEqual(["json", "item"]);
    expect(rows).toMatchObject([
      { line: 1, item: { value: "evil-one.net", tags: ["a,b", "c"], action: "Audit", tlp: "red" } },
      { line: 2, item: { value: "45.155.205.7:8080", severity: "Low" } },
      { line: 3, reason: expect.any(String) as string },
    ]);
  });

  it("that breaks off keeps what came before, and says so", async () => {
    const { rows } = await read('[{"value":"evil-one.net"},{"value":"evil-tw');
    expect(rows).toMatchObject([
      { item: { value: "evil-one.net" } },
      { reason: expect.stringContaining("no whole JSON document") as string },
    ]);
  });
});

describe("a STIX bundle", () => {
  it("gives its indicators by their place, ended and revoked ones with the reason", async () => {
    const indicator = (pattern: string, more: object = {}) => ({
      type: "indicator",
      spec_version: "2.1",
      id: "indicator--1",
      pattern,
      pattern_type: "stix",
      valid_from: "2026-01-01T00:00:00Z",
      ...more,
    });
    const objects = [
      indicator("[domain-name:value = 'evil-one.net']", { labels: ["a,b", "tlp:green"], confidence: 80 }),
      { type: "malware", id: "malware--1", name: "X" },
      indicator("[ipv4-addr:value = '45.155.205.7']", { revoked: true, name: "Old one" }),
      indicator("[domain-name:value = 'evil-two.net']", { valid_until: "2026-02-01T00:00:00Z" }),
      indicator("[file:name = 'x.exe']"),
    ];
    const { format, unit, rows, notes } = await read(
      JSON.stringify({ type: "bundle", id: "bundle--1", objects }),
    );

    expect([format, unit]).toEqual(["stix", "object"]);
    expect(rows).toMatchObject([
      { line: 1, item: { value: "evil-one.net", tags: ["a,b"], tlp: "green", confidence: 80 } },
      { line: 3, text: "Old one", reason: "Its source has revoked it." },
      { line: 4, reason: "It was valid until 2026-02-01." },
      { line: 5, reason: expect.any(String) as string },
    ]);
    expect(notes).toEqual(["No indicators, so no rows: 1 of the type malware."]);
  });
});

it("lines of text are read like a paste", async () => {
  expect(await read("evil-one[.]net # seen", "nonsense")).toMatchObject({
    format: "text",
    rows: [
      { line: 1, item: { value: "evil-one.net" } },
      { line: 2, reason: expect.any(String) as string },
    ],
  });
});
