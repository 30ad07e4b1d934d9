import "server-only";

import { stringify } from "csv-stringify/sync";

import { takeTurn } from "./export-turns";

export const ROW_FORMATS = ["csv", "json"] as const;
export type RowFormat = (typeof ROW_FORMATS)[number];

export type Cells = Readonly<Record<string, unknown>>;

type Options<Row extends Cells> = {
  format: RowFormat;
  /** What the rows are called in the JSON file. */
  name: string;
  /** Of the CSV file, in order. */
  columns: readonly string[];
  /** A row as the CSV file has it, where that is not its own fields. */
  toColumns?: (row: Row) => Cells;
  pages: AsyncGenerator<readonly Row[], void, undefined>;
  /** Live values leave the product: keeps who took them, before the first piece. */
  note: () => Promise<void>;
};

/**
 * Rows as a file in pieces: CSV with a header and no cell that a spreadsheet takes for a formula, or JSON. Throws `throttled` before the
 * first piece when too many exports run already.
 */
export async function* exportRows<Row extends Cells>({
  format,
  name,
  columns,
  toColumns = (row) => row,
  pages,
  note,
}: Options<Row>): AsyncGenerator<string, void, undefined> {
  const turn = takeTurn();
  try {
    await note();
    const { head, between, foot, rows } = WRITERS[format]({ name, columns });
    yield head;
    let isFirst = true;
    for await (const page of pages) {
      turn.keep();
      yield `${isFirst ? "" : between}${rows(format === "csv" ? page.map(toColumns) : page)}`;
      isFirst = false;
    }
    yield foot;
  } finally {
    turn.leave();
  }
}

/** The pages of a list, one after the other, without empty ones. */
export async function* pagesOf<Row>(
  read: (after: string | null) => Promise<{ rows: readonly Row[]; next: string | null }>,
): AsyncGenerator<readonly Row[], void, undefined> {
  let after: string | null = null;
  do {
    const { rows, next } = await read(after);
    if (rows.length > 0) yield rows;
    after = next;
  } while (after !== null);
}

type Writer = { head: string; rows: (page: readonly Cells[]) => string; between: string; foot: string };
type Shape = { name: string; columns: readonly string[] };

const WRITERS: Readonly<Record<RowFormat, (shape: Shape) => Writer>> = {
  csv: ({ columns }) => ({
    // The mark has spreadsheets read it as UTF-8.
    head: `\uFEFF${columns.join(",")}\n`,
    rows: (page) => stringify(page.map(toCells), { columns: [...columns], escape_formulas: true }),
    between: "",
    foot: "",
  }),
  json: ({ name }) => ({
    head: `{${JSON.stringify(name)}:[\n`,
    rows: (page) => page.map((row) => JSON.stringify(row)).join(",\n"),
    between: ",\n",
    foot: "\n]}\n",
  }),
};

const toCells = (row: Cells): Cells =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toCell(value)]));

const toCell = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "boolean") return String(value);
  return Array.isArray(value) ? value.join("; ") : value;
};
