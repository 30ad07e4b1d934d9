import { CsvError, parse } from "csv-parse/sync";

import type { CsvRecord } from "./records";

/** The cells of each record, trimmed, in the same order; null where a record's quotes make no sense. */
export const splitCells = (
  records: readonly CsvRecord[],
  delimiter: string,
): readonly (readonly string[] | null)[] => {
  const quoted = splitQuoted(
    records.filter(({ shape }) => shape === "quoted").map(({ raw }) => raw),
    delimiter,
  );
  let next = 0;
  return records.map(({ shape, raw }) => {
    if (shape === "plain") return splitPlain(raw, delimiter);
    return shape === "quoted" ? (quoted[next++] ?? null) : null;
  });
};

/** Without a quote in it a record is cut at its delimiters, which is ten times faster than reading it by the character. */
const splitPlain = (raw: string, delimiter: string): readonly string[] => {
  const cells = delimiter === " " ? raw.trim().split(BLANKS) : raw.split(delimiter);
  for (let index = 0; index < cells.length; index++) cells[index] = cells[index]?.trim() ?? "";
  return cells;
};

const splitQuoted = (
  records: readonly string[],
  delimiter: string,
): readonly (readonly string[] | null)[] => {
  if (records.length === 0) return [];
  const together = parseRecords(records.join("\n"), delimiter);
  // One record with broken quotes refuses them all, or runs into the next: then each is read by itself.
  if (together?.length === records.length) return together;
  return records.map((record) => parseRecords(record, delimiter)?.[0] ?? null);
};

const parseRecords = (text: string, delimiter: string): readonly (readonly string[])[] | null => {
  try {
    const rows: string[][] = parse(text, {
      delimiter,
      record_delimiter: "\n",
      relax_column_count: true,
      relax_quotes: true,
      ltrim: delimiter.trim() !== "",
      rtrim: delimiter.trim() !== "",
    });
    const cells = rows.map((row) => row.map((cell) => cell.trim()));
    return delimiter === " " ? cells.map((row) => row.filter((cell) => cell !== "")) : cells;
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
};

const BLANKS = /\s+/;
