import type { CsvColumnRole } from "@/lib/domain/feed/csv-settings";
import { normalise } from "@/lib/domain/indicator/normalise";
import { parseTlp } from "@/lib/domain/indicator/types";
import { parseDate } from "@/lib/feeds/fields/dates";
import { isTypeWord } from "@/lib/feeds/fields/type-words";
import { parseConfidence } from "@/lib/feeds/fields/words";

/** Column numbers as settings have them: the first is 1. */
export type ColumnGuess = { valueColumns: number[]; columns: Partial<Record<CsvColumnRole, number>> };

/** Guesses what the columns of a sample hold, by their names (null: there are none) and by what stands in them. */
export const guessColumns = (
  rows: readonly (readonly string[])[],
  names: readonly string[] | null,
): ColumnGuess => {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const samples = Array.from({ length: width }, (_, index) =>
    describeColumn(rows, index, names?.[index] ?? ""),
  );
  const [value, ...others] = samples.filter(({ values }) => values > 0).sort((a, b) => b.score - a.score);
  if (value === undefined) return { valueColumns: [], columns: {} };
  const valueColumns = [value, ...others.filter(isSameFile(value))].map(({ number }) => number);
  const columns: ColumnGuess["columns"] = {};
  const free = samples.filter(({ number }) => !valueColumns.includes(number));
  for (const [role, fits] of ROLES) {
    const found = columns[role] !== undefined ? -1 : free.findIndex((sample) => fits(sample, names !== null));
    const [column] = found === -1 ? [] : free.splice(found, 1);
    if (column) columns[role] = column.number;
  }
  return { valueColumns, columns };
};

type ColumnSample = {
  number: number;
  name: string;
  cells: readonly string[];
  /** Share of the cells that are indicators, and that share weighed by how different they are. */
  values: number;
  score: number;
  /** The types found, each once. */
  types: ReadonlySet<string>;
};

const describeColumn = (rows: readonly (readonly string[])[], index: number, name: string): ColumnSample => {
  const cells = rows.map((row) => row[index] ?? "").filter((cell) => cell !== "");
  const types = new Set<string>();
  const subjects = new Set<string>();
  let values = 0;
  for (const cell of cells) {
    const result = normalise(cell);
    if (!result.ok) continue;
    values++;
    types.add(result.value.type);
    subjects.add(result.value.type === "url" ? new URL(result.value.value).host : result.value.value);
  }
  const share = cells.length === 0 ? 0 : values / rows.length;
  // A column of references has addresses in every row too, but all at one or two sites.
  const diversity = values === 0 ? 0 : subjects.size / values;
  const bonus = VALUE_NAME.test(name) ? 0.5 : 0;
  return {
    number: index + 1,
    name,
    cells,
    values,
    types,
    score: share * (0.5 + diversity) + (values ? bonus : 0),
  };
};

/** Further hash columns tell the same file by another hash. */
const isSameFile =
  (value: ColumnSample) =>
  ({ types, score }: ColumnSample): boolean =>
    [...value.types, ...types].every((type) => HASHES.has(type)) &&
    types.size === 1 &&
    score > value.score / 2;

const share = ({ cells }: ColumnSample, fits: (cell: string) => boolean): number =>
  cells.length === 0 ? 0 : cells.filter(fits).length / cells.length;

const isMostly = (sample: ColumnSample, fits: (cell: string) => boolean): boolean =>
  share(sample, fits) > 0.8;

const isDate = (sample: ColumnSample): boolean => isMostly(sample, (cell) => parseDate(cell) !== undefined);

type Fits = (sample: ColumnSample, hasNames: boolean) => boolean;
// In this order: what its content gives away first, what only a name tells last.
const ROLES: readonly (readonly [CsvColumnRole, Fits])[] = [
  ["type", (sample) => share(sample, isTypeWord) > 0.6],
  ["tlp", (sample) => isMostly(sample, (cell) => parseTlp(cell) !== null)],
  ["validUntil", (sample) => /expir|until/i.test(sample.name) && isDate(sample)],
  ["lastSeen", (sample) => /last/i.test(sample.name) && isDate(sample)],
  ["firstSeen", (sample) => /first/i.test(sample.name) && isDate(sample)],
  [
    "firstSeen",
    (sample, hasNames) => (!hasNames || /date|time|added|seen|detected/i.test(sample.name)) && isDate(sample),
  ],
  [
    "confidence",
    ({ name, ...sample }) =>
      /confidence/i.test(name) &&
      isMostly({ name, ...sample }, (cell) => parseConfidence(cell) !== undefined),
  ],
  [
    "tags",
    (sample) => /^tags?$|labels?$/i.test(sample.name) || share(sample, (cell) => cell.startsWith("#")) > 0.5,
  ],
  ["threatType", ({ name }) => /threat|malware|family|classification|category/i.test(name)],
  ["threatType", (sample, hasNames) => !hasNames && isMostly(sample, (cell) => THREATS.test(cell))],
  ["comment", ({ name }) => /comment|desc|note|remark|info/i.test(name)],
  [
    "comment",
    (sample, hasNames) => !hasNames && isMostly(sample, (cell) => cell.length > 15 && /\S\s\S/.test(cell)),
  ],
];

const HASHES: ReadonlySet<string> = new Set(["md5", "sha1", "sha256", "sha512"]);
const VALUE_NAME = /^(?:indicator|ioc|value|ioc_value|data|dst_ip|url|domain|host|ip)$/i;
const THREATS =
  /^(?:malware|phish(?:ing)?|botnet(?:_cc)?|c2|c&c|ransomware|trojan|scam|spam|scanner|exploit|payload)$/i;
