import type { Exclusion } from "@/lib/domain/feed/exclusion-settings";
import type { Claim } from "@/lib/domain/indicator/claim";
import { networkOf } from "@/lib/domain/indicator/line-forms";
import type { Candidate, ParsedRow } from "@/lib/feeds/contract";
import { candidateOf, type Find, rejected, rejectedRow } from "@/lib/feeds/formats/candidate";
import { noteStronger } from "@/lib/feeds/formats/same-file";
import { readSeveral, readTyped } from "@/lib/feeds/formats/typed-value";

import { readClaim } from "./claim";
import type { ColumnPlan } from "./columns";
import type { CsvRecord } from "./records";

/** The row of a record, or null when all its cells are empty, which is a blank line with delimiters in it. */
export const readRow = (
  record: CsvRecord,
  cells: readonly string[] | null,
  plan: ColumnPlan,
  isExcluded: Exclusion,
): ParsedRow | null => {
  const { line, raw } = record;
  if (record.shape === "too-long")
    return rejectedRow(line, raw, "line_too_long", "The line is longer than 1 MB.");
  if (record.shape === "unclosed")
    return rejectedRow(line, raw, "unclosed_quote", "A quote opens in this row and never closes.");
  if (cells === null)
    return rejectedRow(line, raw, "malformed_row", "The quotes of this row cannot be read.");
  const candidates = noteStronger(readValues(cells, plan, isExcluded));
  if (candidates.length > 0) return { line, raw, candidates };
  if (cells.every((cell) => cell === "")) return null;
  return { line, raw, candidates: [noValue(cells, plan)] };
};

const readValues = (
  cells: readonly string[],
  plan: ColumnPlan,
  isExcluded: Exclusion,
): readonly Candidate[] => {
  if (plan.values.length === 0) return readEveryCell(cells, plan, isExcluded);
  const candidates: Candidate[] = [];
  let claim: Claim | null = null;
  for (const index of plan.values) {
    const text = valueAt(cells, index);
    if (text === "") continue;
    for (const find of readCell(text, cells, plan)) {
      claim ??= readClaim(cells, plan);
      candidates.push(candidateOf(find, claim, isExcluded));
    }
  }
  return candidates;
};

/** Cells that are no values are what such a row is made of: they count only when there is no value among them. */
const readEveryCell = (
  cells: readonly string[],
  plan: ColumnPlan,
  isExcluded: Exclusion,
): readonly Candidate[] => {
  const claim = readClaim(cells, plan);
  const candidates = cells
    .filter((text) => text !== "")
    .flatMap((text) => readCell(text, cells, plan))
    .map((find) => candidateOf(find, claim, isExcluded));
  const values = candidates.filter((candidate) => candidate.ok || candidate.code === "excluded");
  return values.length > 0 ? values : candidates.slice(0, 1);
};

const readCell = (text: string, cells: readonly string[], plan: ColumnPlan): readonly Find[] => {
  const word = plan.roles.type === undefined ? "" : (cells[plan.roles.type] ?? "");
  const finds = readTyped(text, word);
  if (finds.some(({ ok }) => ok)) return finds;
  return readSeveral(text, word, plan.commentPrefixes) ?? finds;
};

/** `203.0.113.0 | 203.0.113.255 | 24`: of a table of networks the cell is the first address. */
const valueAt = (cells: readonly string[], index: number): string => {
  const text = cells[index] ?? "";
  const prefix = cells[index + 2];
  if (prefix === undefined || prefix.length > 2 || !PREFIX.test(prefix)) return text;
  return networkOf(text, cells[index + 1] ?? "", prefix) ?? text;
};
const PREFIX = /^\d{1,2}$/;

const noValue = (cells: readonly string[], plan: ColumnPlan): Candidate => {
  const [first = 0] = plan.values;
  const reason =
    first < cells.length
      ? "The value column is empty."
      : `The row has ${String(cells.length)} columns, the value should be in column ${String(first + 1)}.`;
  return rejected("empty", reason, "");
};
