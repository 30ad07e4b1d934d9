"use client";

import type { Column, ColumnSort } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { TextLink } from "@/components/ui/text-link";
import type { Density, ListColumn } from "@/lib/domain/indicator/list-view";

import { COLUMN_WORDS } from "./column-words";
import { IndicatorValue } from "./indicator-value";
import { listColumns, type ListSort, type ShownIndicator } from "./list-columns";
import { RowCheckbox, SelectionHead } from "./selection";

type Props = {
  team: string;
  rows: readonly ShownIndicator[];
  columns: readonly ListColumn[];
  density: Density;
  sort: ListSort;
  /** This view sorted otherwise. */
  sortHrefs: Readonly<Record<ListSort, string>>;
  /** Rows have a check box each; the table then stands in a `SelectionFrame`. */
  isSelectable: boolean;
};

/**
 * Indicators a page at a time: what each is, how it stands, who vouches for it, where it went. Drawn from its rows in the
 * browser too: sent as drawn cells, a page of fifty came to 235 KB beside its HTML and took twice as long.
 */
export const IndicatorTable = (props: Props) => {
  const { team, rows, columns, density, sort, sortHrefs, isSelectable } = props;
  const sortBy = (ascending: ListSort | null, descending: ListSort | null): ColumnSort =>
    toSort({ sort, sortHrefs, ascending, descending });
  const shapes = listColumns(team, sortBy);
  const shown: Column<ShownIndicator>[] = [
    ...(isSelectable ? [selectColumn(rows)] : []),
    {
      id: "value",
      header: "Value",
      isRowHeader: true,
      className: "w-full max-w-56 min-w-56 sm:max-w-80 sm:min-w-72 2xl:max-w-md",
      sort: sortBy("value", "-value"),
      cell: (row) => <ValueCell team={team} row={row} />,
    },
    ...columns.map((id) => ({ id, header: COLUMN_WORDS[id], ...shapes[id] })),
  ];
  return (
    <DataTable
      caption="Indicators"
      columns={shown}
      rows={rows}
      rowKey={({ id }) => id}
      empty={null}
      isTall
      isCompact={density === "compact"}
    />
  );
};

const selectColumn = (rows: readonly ShownIndicator[]): Column<ShownIndicator> => ({
  id: "select",
  header: <SelectionHead ids={rows.map(({ id }) => id)} />,
  className: "w-8 pr-0",
  cell: ({ id, defanged }) => <RowCheckbox id={id} label={`Select ${defanged}`} />,
});

type ValueProps = { team: string; row: ShownIndicator };

const ValueCell = ({ team, row: { id, type, value, defanged } }: ValueProps) => (
  <span className="flex min-w-0 flex-col items-start sm:flex-row sm:items-center sm:justify-between sm:gap-3">
    <IndicatorValue type={type} defanged={defanged} live={value} />
    <TextLink
      href={`/t/${team}/indicators/${id}`}
      className="inline-flex min-h-6 min-w-6 shrink-0 items-center text-xs max-sm:ml-6"
      aria-label={`Trace ${defanged}`}
    >
      Trace
    </TextLink>
  </span>
);

type SortOptions = Pick<Props, "sort" | "sortHrefs"> & {
  ascending: ListSort | null;
  descending: ListSort | null;
};

// A column that knows one direction goes back to the list's own order with the second press.
const toSort = ({ sort, sortHrefs, ascending, descending }: SortOptions): ColumnSort => {
  const direction = sort === ascending ? "ascending" : sort === descending ? "descending" : null;
  const first = descending ?? ascending ?? "-addedAt";
  const second = first === descending ? ascending : descending;
  return { direction, href: sortHrefs[sort === first ? (second ?? "-addedAt") : first] };
};
