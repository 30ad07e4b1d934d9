import { JSON_FIELD_ROLES, type JsonFieldRole } from "@/lib/domain/feed/json-settings";
import { normalise } from "@/lib/domain/indicator/normalise";
import { guessColumns } from "@/lib/feeds/formats/csv/guess-columns";
import { parseJson } from "@/lib/feeds/text/json";
import { splitLines } from "@/lib/feeds/text/lines";

import { parseBeginning } from "./beginning";
import { findLists } from "./find-lists";
import { toTable, type ItemTable } from "./item-table";

/** What a JSON answer looks like: a proposal for its settings, to be shown and corrected. */
export type JsonDescription = {
  isLines: boolean;
  list: string;
  value: string;
  fields: Partial<Record<JsonFieldRole, string>>;
  /** Every path to a text in the items of the list, with the first text that stands there. */
  found: { path: string; sample: string }[];
};

/** Looks at the beginning of a JSON answer and guesses where its values lie. Null for what is no JSON. */
export const detectJson = (sample: string): JsonDescription | null => {
  const documents = documentsOfLines(sample);
  if (documents) return { isLines: true, ...describe("@", toTable(documents)) };
  const document = parseBeginning(sample.trim());
  if (document === undefined) return null;
  let best: { path: string; table: ItemTable; score: number } | null = null;
  let seen = 0;
  for (const { path, items } of findLists(document)) {
    if (++seen > MAX_LISTS) break;
    const table = toTable(items);
    const score = countValues(table);
    if (best === null || score > best.score) best = { path, table, score };
  }
  // A document without a list is one item.
  return { isLines: false, ...describe(best?.path ?? "@", best?.table ?? toTable([document])) };
};

/** The documents of a file that has one on each line; null for one document over several lines. */
const documentsOfLines = (sample: string): readonly unknown[] | null => {
  const lines = splitLines(sample)
    .map((line) => line.replaceAll("\u001E", "").trim())
    .filter((line) => line !== "");
  if (lines.length < 2) return null;
  // The sample may end in the middle of the last one.
  const parsed = lines.slice(0, MAX_LINES).map((line) => parseJson(line));
  const documents = parsed.flatMap((one) => (one.ok ? [one.value] : []));
  return documents.length >= Math.max(1, parsed.length - 1) && parsed[0]?.ok === true ? documents : null;
};

const describe = (list: string, table: ItemTable): Omit<JsonDescription, "isLines"> => {
  const { valueColumns, columns } = guessColumns(table.rows, table.names);
  const pathOf = (column: number): string => table.paths[column - 1] ?? "@";
  const values = valueColumns.map(pathOf);
  const fields: JsonDescription["fields"] = {};
  for (const role of JSON_FIELD_ROLES) {
    const column = columns[role];
    if (column !== undefined) fields[role] = pathOf(column);
  }
  return {
    list,
    value: values.length > 1 ? `[${values.join(", ")}]` : (values[0] ?? "@"),
    fields,
    found: table.paths.map((path, index) => ({
      path,
      sample: (table.rows.find((row) => row[index] !== "")?.[index] ?? "").slice(0, MAX_SAMPLE_CHARS),
    })),
  };
};

/** How many items have an indicator where the value seems to be. */
const countValues = (table: ItemTable): number => {
  const { valueColumns } = guessColumns(table.rows, table.names);
  return table.rows.filter((row) => valueColumns.some((column) => normalise(row[column - 1] ?? "").ok))
    .length;
};

const MAX_LISTS = 200;
const MAX_LINES = 50;
const MAX_SAMPLE_CHARS = 120;
