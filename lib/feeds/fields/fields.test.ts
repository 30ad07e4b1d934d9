import { describe, expect, it } from "vitest";

import { parseDate } from "./dates";
import { isTypeWord, meaningOfTypeWord } from "./type-words";
import { parseConfidence, parseTags, parseTlpCell } from "./words";

describe("parseDate", () => {
  it.each([
    ["2021-03-05T10:07:29.0421232Z", "2021-03-05T10:07:29.042Z"],
    ["2021-03-05T10:07:29+02:00", "2021-03-05T08:07:29.000Z"],
    ["2021-03-05T10:07:29-0530", "2021-03-05T15:37:29.000Z"],
    ["2018-01-27 17:06:56", "2018-01-27T17:06:56.000Z"],
    ["2021-12-20 00:03:32 UTC", "2021-12-20T00:03:32.000Z"],
    ["2025/01/06 09:56:00", "2025-01-06T09:56:00.000Z"],
    ["2023-09-17", "2023-09-17T00:00:00.000Z"],
    ["5/11/2020 1:38:47 PM", "2020-05-11T13:38:47.000Z"],
    ["5/11/2020 12:00:00 AM", "2020-05-11T00:00:00.000Z"],
    ["12/31/2020", "2020-12-31T00:00:00.000Z"],
    ["Sat, 22 Aug 2026 03:00:29 +0200", "2026-08-22T01:00:29.000Z"],
    ["1700000000", "2023-11-14T22:13:20.000Z"],
    ["1700000000123", "2023-11-14T22:13:20.123Z"],
  ])("reads %s as %s, without a zone as UTC", (cell, expected) => {
    expect(parseDate(cell)?.toISOString()).toBe(expected);
  });

  it.each([
    "",
    "yesterday",
    "2021-02-30",
    "31/12/2020",
    "13/13/2020 1:00 PM",
    "2021-03-05T25:00",
    "12",
    "0001-01-01",
  ])("knows no date in %j", (cell) => {
    expect(parseDate(cell)).toBeUndefined();
  });
});

describe("parseConfidence", () => {
  it.each([
    ["85", 85],
    ["85.4 %", 85],
    ["0", 0],
    ["High", 85],
    ["101", undefined],
    ["-1", undefined],
    ["sure", undefined],
    ["", undefined],
  ])("reads %j as %s", (cell, expected) => {
    expect(parseConfidence(cell)).toBe(expected);
  });
});

describe("parseTags", () => {
  it.each([
    ["#malware #phishing", ["malware", "phishing"], undefined],
    ["elf, mirai;elf|c2", ["elf", "mirai", "c2"], undefined],
    ["two words,other", ["two words", "other"], undefined],
    ["tlp:green, x, TLP:RED", ["x"], "red"],
    ["", [], undefined],
  ])("reads %j", (cell, tags, tlp) => {
    expect(parseTags(cell)).toEqual({ tags, tlp });
  });
});

describe("parseTlpCell", () => {
  it("takes a marking it does not know for amber, and an empty cell for none", () => {
    expect(parseTlpCell("White")).toBe("clear");
    expect(parseTlpCell("TLP:EX:CHR")).toBe("amber");
    expect(parseTlpCell(" ")).toBeUndefined();
  });
});

describe("type words", () => {
  it.each([
    ["sha256", "open"],
    ["Intel::URL", "open"],
    ["whatever", "open"],
    ["x509-fingerprint-sha1", "certificate"],
    ["Intel::CERT_HASH", "certificate"],
    ["Description", "unsupported"],
    ["filepath", "unsupported"],
    ["imphash", "unsupported"],
    ["ja3-fingerprint-md5", "unsupported"],
  ])("takes %s for %s", (word, meaning) => {
    expect(meaningOfTypeWord(word)).toBe(meaning);
  });

  it("knows a type column by its words", () => {
    expect(isTypeWord("FileHash-SHA256")).toBe(true);
    expect(isTypeWord("mirai")).toBe(false);
  });
});
