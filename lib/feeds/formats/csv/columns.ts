import { AppError } from "@/lib/domain/errors";
import {
  type ColumnReference,
  CSV_COLUMN_ROLES,
  type CsvColumnRole,
  type CsvSettings,
} from "@/lib/domain/feed/csv-settings";

/** Where things stand in a row, counted from 0. No value columns: every cell may be a value. */
export type ColumnPlan = {
  values: readonly number[];
  roles: Readonly<Partial<Record<CsvColumnRole, number>>>;
  /** Whether a row says anything beside its values. */
  hasClaim: boolean;
  /** What begins a note, also behind a value. */
  commentPrefixes: readonly string[];
};

/**
 * Finds each column of the settings in the header row (null: the list has none). Throws an AppError when a named column
 * is not there: going on without, say, the TLP column would publish more than its source allows.
 */
export const planColumns = (settings: CsvSettings, header: readonly string[] | null): ColumnPlan => {
  const names = header?.map((name) => name.trim().toLowerCase()) ?? null;
  const roles: Partial<Record<CsvColumnRole, number>> = {};
  for (const role of CSV_COLUMN_ROLES) {
    const column = settings.columns[role];
    if (column !== undefined) roles[role] = indexOf(column, names);
  }
  const { type, ...claims } = roles;
  return {
    values: [...new Set(settings.valueColumns.map((column) => indexOf(column, names)))],
    roles: type === undefined ? claims : { ...claims, type },
    hasClaim: Object.keys(claims).length > 0,
    commentPrefixes: settings.commentPrefixes,
  };
};

const indexOf = (column: ColumnReference, names: readonly string[] | null): number => {
  if (typeof column === "number") return column - 1;
  const index = names?.indexOf(column.toLowerCase()) ?? -1;
  if (index !== -1) return index;
  throw new AppError(
    "invalid_input",
    names === null
      ? `The column “${column}” is named, but the list has no header row.`
      : `The list has no column “${column}”. Its header row reads: ${names.join(", ").slice(0, 500)}.`,
  );
};
