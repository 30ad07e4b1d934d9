import type { CsvColumnRole } from "@/lib/domain/feed/csv-settings";
import { normalise } from "@/lib/domain/indicator/normalise";
import { parseDate } from "@/lib/feeds/fields/dates";
import { decodeSample } from "@/lib/feeds/text/decode";
import { detectEncoding, SNIFF_BYTES } from "@/lib/feeds/text/encoding";
import { splitLines } from "@/lib/feeds/text/lines";

import { guessColumns } from "./guess-columns";
import { guessTable } from "./guess-delimiter";
import { splitNames } from "./names";

/** What a list looks like: a proposal for its settings, to be shown and corrected. Columns are numbered from 1. */
export type CsvDescription = {
  encoding: string;
  delimiter: string;
  header: boolean;
  commentPrefixes: string[];
  /** The names of the columns, from the header row or from a comment that holds them; null when there are none. */
  names: string[] | null;
  valueColumns: number[];
  columns: Partial<Record<CsvColumnRole, number>>;
};

/** Looks at the beginning of a list (64 KB are enough) and guesses how it is to be read. */
export const detectCsv = (sample: Uint8Array): CsvDescription => {
  const head = sample.subarray(0, SNIFF_BYTES);
  const encoding = detectEncoding(head);
  const text = decodeSample(head, encoding);
  const lines = splitLines(text);
  // The sample ends in the middle of a line.
  if (sample.length >= SNIFF_BYTES && lines.length > 1) lines.pop();
  const commentPrefixes = guessCommentPrefixes(lines);
  const { delimiter, rows } = guessTable(lines, commentPrefixes);
  const [first = [], ...others] = rows;
  const header = isHeader(first, others);
  const data = header ? others : rows;
  const names = header ? [...first] : namesInComment(lines, commentPrefixes, delimiter, first.length);
  const { valueColumns, columns } = guessColumns(data, names);
  return {
    encoding,
    delimiter,
    header,
    commentPrefixes,
    names,
    valueColumns,
    columns,
  };
};

/** `#` wherever it begins a line; the others only where a list opens with them, for a cell may begin so as well. */
const guessCommentPrefixes = (lines: readonly string[]): string[] => {
  const opening = lines.find((line) => line.trim() !== "") ?? "";
  return PREFIXES.filter((prefix) =>
    prefix === "#" ? lines.some((line) => line.startsWith("#")) : opening.startsWith(prefix),
  );
};

/** Names are words; a row with an indicator or a date in it is data. A list with no indicator at all has no header. */
const isHeader = (first: readonly string[], others: readonly (readonly string[])[]): boolean =>
  first.some((cell) => cell !== "") &&
  first.every((cell) => isName(cell) && !isData(cell)) &&
  others.some((row) => row.some((cell) => normalise(cell).ok));

/** `<pre>`, `[Adblock Plus]` and the like name no column, and neither does a hash with words beside it. */
const isName = (cell: string): boolean => cell.length <= 80 && !/[<>[\]{}]|[\da-f]{28}/i.test(cell);

const isData = (cell: string): boolean =>
  normalise(cell).ok || parseDate(cell) !== undefined || (cell !== "" && Number.isFinite(Number(cell)));

/** The last comment with as many cells as the data, each of them filled. */
const namesInComment = (
  lines: readonly string[],
  commentPrefixes: readonly string[],
  delimiter: string,
  width: number,
): string[] | null => {
  if (width < 2) return null;
  for (const line of lines.toReversed()) {
    const prefix = commentPrefixes.find((candidate) => line.startsWith(candidate));
    if (prefix === undefined) continue;
    const names = splitNames(line.slice(prefix.length), delimiter);
    if (names.length === width && names.every((name) => name !== "")) return [...names];
  }
  return null;
};

const PREFIXES = ["#", ";", "//"];
