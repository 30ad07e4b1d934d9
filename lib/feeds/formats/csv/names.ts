import type { CsvSettings } from "@/lib/domain/feed/csv-settings";

/**
 * The names of the columns where a list has them in a comment before its first row, as abuse.ch and Zeek write them: the
 * last comment that has every column which the settings name. Null when the first row has them, or no comment does.
 */
export const namesInComments = (
  comments: readonly string[],
  firstRow: readonly string[],
  { valueColumns, columns, delimiter }: Pick<CsvSettings, "valueColumns" | "columns" | "delimiter">,
): readonly string[] | null => {
  const wanted = [...valueColumns, ...Object.values(columns)].flatMap((column) =>
    typeof column === "string" ? [column.toLowerCase()] : [],
  );
  const isWhole = (names: readonly string[]): boolean => {
    const known = new Set(names.map((name) => name.toLowerCase()));
    return wanted.every((name) => known.has(name));
  };
  if (isWhole(firstRow)) return null;
  return comments.map((comment) => splitNames(comment, delimiter)).findLast(isWhole) ?? null;
};

/** The cells of a comment that names columns: `"first_seen","ioc_value"`, or `fields` and a TAB before the first. */
export const splitNames = (comment: string, delimiter: string): readonly string[] => {
  const cells = comment.split(delimiter).map((cell) => cell.replaceAll('"', "").trim());
  return cells[0] === "fields" ? cells.slice(1) : cells;
};
