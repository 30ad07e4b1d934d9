import { csvSettingsSchema, type CsvColumnRole, type CsvSettings } from "@/lib/domain/feed/csv-settings";
import { splitCells } from "@/lib/feeds/formats/csv/cells";
import { detectCsv } from "@/lib/feeds/formats/csv/detect";
import { csvFormat } from "@/lib/feeds/formats/csv/parse";
import { createRecordReader } from "@/lib/feeds/formats/csv/records";

import type { LocalFile, LocalFileRow } from "./contract";
import { findRoles, type Role } from "./names";
import { once } from "./once";
import { toRow, unescapeFormula } from "./to-row";

/** Whether the first row of a text names a column for the value. */
export const hasValueColumn = (bytes: Uint8Array, text: string): boolean => {
  const { delimiter, commentPrefixes } = detectCsv(bytes);
  const [first] = cellsOf(firstRecord(text, delimiter, commentPrefixes), delimiter);
  return first !== undefined && first.length > 0 && findRoles(first).value !== undefined;
};

/** Reads a table by the names in its first row, or by what stands in it where there are none. */
export const readTable = async (bytes: Uint8Array, text: string): Promise<LocalFile> => {
  const { names, settings } = settle(bytes, text);
  const rows: LocalFileRow[] = [];
  const roles = findRoles(names);
  const indexOf = (role: Role): number => {
    const name = roles[role];
    if (name !== undefined) return names.indexOf(name);
    const column = role === "value" ? settings.valueColumns[0] : settings.columns[role as CsvColumnRole];
    return typeof column === "number" ? column - 1 : -1;
  };
  const places = new Map<Role, number>(READ_AGAIN.map((role) => [role, indexOf(role)]));
  for await (const batch of csvFormat.parse(once(bytes), { csv: settings, exclusionRegex: null }, undefined))
    for (const { line, raw, candidates } of batch) {
      const [cells] = cellsOf(raw.split("\n"), settings.delimiter);
      const fields = (role: Role): string => cells?.[places.get(role) ?? -1] ?? "";
      for (const candidate of candidates) rows.push(toRow(line, candidate, fields, tagsOf(fields("tags"))));
    }
  return { format: "csv", unit: "line", rows, notes: [] };
};

const settle = (bytes: Uint8Array, text: string): { names: readonly string[]; settings: CsvSettings } => {
  const found = detectCsv(bytes);
  const [first = []] = cellsOf(
    firstRecord(text, found.delimiter, found.commentPrefixes),
    found.delimiter,
  ) as [(readonly string[])?];
  // A table of names alone has no row by which they could be told from values.
  const isNamed = findRoles(first).value !== undefined;
  const names = isNamed ? first : (found.names ?? []);
  const roles = findRoles(names);
  const columnOf = (role: Role): number | undefined => {
    const name = roles[role];
    return name === undefined ? undefined : names.indexOf(name) + 1;
  };
  const value = columnOf("value");
  const columns = Object.fromEntries(
    CLAIM_ROLES.flatMap((role) => {
      const column = columnOf(role) ?? (value === undefined ? found.columns[role] : undefined);
      return column === undefined ? [] : [[role, column]];
    }),
  );
  return {
    names,
    settings: csvSettingsSchema.parse({
      delimiter: found.delimiter,
      header: isNamed || found.header,
      commentPrefixes: found.commentPrefixes,
      encoding: "auto",
      valueColumns: value === undefined ? found.valueColumns : [value],
      columns,
    }),
  };
};

const firstRecord = (
  text: string,
  delimiter: string,
  commentPrefixes: readonly string[],
): readonly string[] => {
  const reader = createRecordReader(delimiter, commentPrefixes);
  const head = text.slice(0, MAX_HEAD_CHARS).split(/\r?\n/).slice(0, MAX_HEAD_LINES);
  const first = [...reader.push(head), ...reader.end()][0];
  return first === undefined ? [] : first.raw.split("\n");
};

const cellsOf = (lines: readonly string[], delimiter: string): readonly (readonly string[] | undefined)[] => {
  const reader = createRecordReader(delimiter, []);
  const cells = splitCells([...reader.push(lines), ...reader.end()], delimiter);
  return cells.map((row) => row?.map(unescapeFormula));
};

/** As many as our export writes, with a semicolon between them; where there is none, commas may part them. */
const tagsOf = (cell: string): readonly string[] | undefined => {
  if (cell === "") return undefined;
  const tags = cell.split(cell.includes(";") ? ";" : /[,|]/).map((tag) => unescapeFormula(tag.trim()));
  return [...new Set(tags.filter((tag) => tag !== ""))];
};

const CLAIM_ROLES = ["type", "comment", "confidence", "tags", "tlp", "validUntil"] as const;
const READ_AGAIN = [
  "value",
  "confidence",
  "tags",
  "tlp",
  "validUntil",
  "action",
  "severity",
  "state",
] as const satisfies readonly Role[];
const MAX_HEAD_CHARS = 65_536;
const MAX_HEAD_LINES = 200;
