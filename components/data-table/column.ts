import type { ReactNode } from "react";

/** Where a click on a heading leads, and how the list is sorted by it now. */
export type ColumnSort = { href: string; direction: "ascending" | "descending" | null };

export type Column<Row> = {
  id: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  isNumeric?: boolean;
  /** The column that names its row: sticks to the left, read before every other cell. */
  isRowHeader?: boolean;
  sort?: ColumnSort;
  /** Left out on narrow screens, where the row's own page has it. */
  isWideOnly?: boolean;
  className?: string;
};
