import { normalise } from "@/lib/domain/indicator/normalise";

import { splitCells } from "./cells";
import { createRecordReader } from "./records";

export type SampleTable = { delimiter: string; rows: readonly (readonly string[])[] };

/**
 * Cuts sample lines the way that gives most rows the same number of cells, or else most rows a value in the same column;
 * a list of one column gets a comma.
 */
export const guessTable = (lines: readonly string[], commentPrefixes: readonly string[]): SampleTable => {
  let best = { ...cut(lines, ",", commentPrefixes), score: MIN_SHARE };
  for (const delimiter of DELIMITERS) {
    const table = cut(lines, delimiter, commentPrefixes);
    const score =
      evenness(table.rows) + filled(table.rows) - (delimiter === " " ? BLANK_PENALTY : 0) - brokenUp(table);
    if (score > best.score) best = { ...table, score };
  }
  if (valueShare(best.rows) > 0) return best;
  const tables = DELIMITERS.map((delimiter) => cut(lines, delimiter, commentPrefixes));
  return tables.find(({ rows }) => valueShare(rows) > MIN_SHARE) ?? best;
};

/** Of two that cut as evenly, the one that makes more cells which are not empty: a little more than nothing. */
const filled = (rows: SampleTable["rows"]): number =>
  rows.length === 0 ? 0 : rows.flat().filter(Boolean).length / rows.length / 10_000;

/** `a|b` is not cut at `||`: a longer delimiter must leave nothing of itself in the cells. */
const brokenUp = ({ delimiter, rows }: SampleTable): number =>
  delimiter.length > 1 && rows.some((row) => row.some((cell) => cell.includes(delimiter.charAt(0)))) ? 1 : 0;

/** The share of rows that have a value in the column where most of them have one. */
const valueShare = (rows: SampleTable["rows"]): number => {
  const found: number[] = [];
  for (const row of rows)
    row.slice(0, MAX_COLUMNS).forEach((cell, index) => {
      if (normalise(cell).ok) found[index] = (found[index] ?? 0) + 1;
    });
  return found.length === 0 ? 0 : Math.max(...found.filter(Boolean)) / rows.length;
};

const cut = (
  lines: readonly string[],
  delimiter: string,
  commentPrefixes: readonly string[],
): SampleTable => {
  const reader = createRecordReader(delimiter, commentPrefixes);
  // What is left open at the end is a row that the sample cuts off.
  const cells = splitCells(reader.push(lines).slice(0, MAX_ROWS), delimiter);
  return { delimiter, rows: cells.filter((row) => row !== null) };
};

/** The share of rows that have the usual number of cells; 0 where that number is one. */
const evenness = (rows: readonly (readonly string[])[]): number => {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [usual] = [...counts].sort(([, one], [, other]) => other - one);
  return usual === undefined || usual[0] === 1 ? 0 : usual[1] / rows.length;
};

// The longer ones first: where both cut evenly, they are meant.
const DELIMITERS = ["||", "::", ",", "\t", ";", "|", "#", " "];
const MAX_COLUMNS = 40;
const MAX_ROWS = 200;
const MIN_SHARE = 0.6;
// A date or a sentence has blanks in it as regularly as a column.
const BLANK_PENALTY = 0.3;
