import { splitCells } from "./cells";
import { createRecordReader } from "./records";

export type SampleTable = { delimiter: string; rows: readonly (readonly string[])[] };

/** Cuts sample lines the way that gives most rows the same number of cells; a list of one column gets a comma. */
export const guessTable = (lines: readonly string[], commentPrefixes: readonly string[]): SampleTable => {
  let best = { ...cut(lines, ",", commentPrefixes), score: MIN_SHARE };
  for (const delimiter of DELIMITERS) {
    const table = cut(lines, delimiter, commentPrefixes);
    const score = evenness(table.rows) - (delimiter === " " ? BLANK_PENALTY : 0);
    if (score > best.score) best = { ...table, score };
  }
  return { delimiter: best.delimiter, rows: best.rows };
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

const DELIMITERS = [",", "\t", ";", "|", " "];
const MAX_ROWS = 200;
const MIN_SHARE = 0.6;
// A date or a sentence has blanks in it as regularly as a column.
const BLANK_PENALTY = 0.3;
