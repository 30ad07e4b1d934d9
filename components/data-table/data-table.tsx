import type { ReactNode } from "react";

import { cn } from "@/components/ui/cn";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";

import type { Column } from "./column";
import { RowKeys } from "./row-keys";
import { SortLink } from "./sort-link";

type Props<Row> = {
  /** What the table lists; read out first. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Shown in place of a table without rows. */
  empty: ReactNode;
  /** Scrolls in its own frame, so that the head stays in sight in long lists. */
  isTall?: boolean;
  /** Rows close together: more of them on a screen. */
  isCompact?: boolean;
  /** Narrow screens have each row as a block, its cells one below the other under their headings, and leave nothing out. */
  isStacked?: boolean;
};

/** A dense table, drawn on the server. Sorting, paging and filters are addresses, so a view can be shared. */
export const DataTable = <Row,>(props: Props<Row>) => {
  const { caption, columns, rows, rowKey, empty, isTall = false, isCompact = false } = props;
  const { isStacked = false } = props;
  if (rows.length === 0) return empty;
  // A browser forgets what a table is once its rows are blocks.
  const roleOf = (role: string) => (isStacked ? { role } : {});

  return (
    <RowKeys>
      <TableScroll label={caption} isTall={isTall}>
        <Table {...roleOf("table")} className={cn(isCompact && COMPACT, isStacked && "max-md:block")}>
          <caption className="sr-only">{caption}</caption>
          <thead {...roleOf("rowgroup")} className={cn(isStacked && "max-md:sr-only")}>
            <tr {...roleOf("row")}>
              {columns.map((column) => (
                <Th
                  key={column.id}
                  {...roleOf("columnheader")}
                  isNumeric={column.isNumeric}
                  isSticky={column.isRowHeader}
                  aria-sort={column.sort?.direction ?? undefined}
                  className={cn(column.isWideOnly === true && !isStacked && "max-lg:hidden")}
                >
                  {column.sort === undefined ? (
                    column.header
                  ) : (
                    <SortLink sort={column.sort}>{column.header}</SortLink>
                  )}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody {...roleOf("rowgroup")} className={cn(isStacked && "max-md:block")}>
            {rows.map((row) => {
              const key = rowKey(row);
              return (
                <Tr
                  key={key}
                  {...roleOf("row")}
                  data-row
                  tabIndex={-1}
                  className={cn("focus-visible:outline-offset-[-2px]", isStacked && STACKED_ROW)}
                >
                  {columns.map((column) => {
                    const isRowHeader = column.isRowHeader === true;
                    const Cell = isRowHeader ? RowTh : Td;
                    return (
                      <Cell
                        key={column.id}
                        {...roleOf(isRowHeader ? "rowheader" : "cell")}
                        isNumeric={column.isNumeric}
                        className={cn(
                          column.isWideOnly === true && !isStacked && "max-lg:hidden",
                          isStacked && STACKED_CELL,
                          column.className,
                        )}
                      >
                        {isStacked && !isRowHeader && (
                          <span aria-hidden className="text-muted text-xs md:hidden">
                            {column.header}
                          </span>
                        )}
                        {isStacked ? <div className="min-w-0">{column.cell(row)}</div> : column.cell(row)}
                      </Cell>
                    );
                  })}
                </Tr>
              );
            })}
          </tbody>
        </Table>
      </TableScroll>
    </RowKeys>
  );
};

const STACKED_ROW = "max-md:block max-md:border-b max-md:py-2 max-md:last:border-b-0";
// The heading stands beside its cell, so that a short one takes one line.
const STACKED_CELL =
  "max-md:static max-md:grid max-md:h-auto max-md:max-w-none max-md:min-w-0 max-md:grid-cols-[5.5rem_minmax(0,1fr)] max-md:items-baseline max-md:border-b-0 max-md:py-1 max-md:text-left max-md:first:block max-md:wrap-anywhere";
const COMPACT = "text-xs [&_tbody_td]:h-7 [&_tbody_td]:py-0.5 [&_tbody_th]:h-7 [&_tbody_th]:py-0.5";
