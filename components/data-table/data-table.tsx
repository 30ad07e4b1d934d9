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
};

/** A dense table, drawn on the server. Sorting, paging and filters are addresses, so a view can be shared. */
export const DataTable = <Row,>(props: Props<Row>) => {
  const { caption, columns, rows, rowKey, empty, isTall = false, isCompact = false } = props;
  if (rows.length === 0) return empty;

  return (
    <RowKeys>
      <TableScroll label={caption} isTall={isTall}>
        <Table className={cn(isCompact && COMPACT)}>
          <caption className="sr-only">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Th
                  key={column.id}
                  isNumeric={column.isNumeric}
                  isSticky={column.isRowHeader}
                  aria-sort={column.sort?.direction ?? undefined}
                  className={cn(column.isWideOnly === true && "max-lg:hidden")}
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
          <tbody>
            {rows.map((row) => {
              const key = rowKey(row);
              return (
                <Tr key={key} data-row tabIndex={-1} className="focus-visible:outline-offset-[-2px]">
                  {columns.map((column) => {
                    const Cell = column.isRowHeader === true ? RowTh : Td;
                    return (
                      <Cell
                        key={column.id}
                        isNumeric={column.isNumeric}
                        className={cn(column.isWideOnly === true && "max-lg:hidden", column.className)}
                      >
                        {column.cell(row)}
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

const COMPACT = "text-xs [&_tbody_td]:h-7 [&_tbody_td]:py-0.5 [&_tbody_th]:h-7 [&_tbody_th]:py-0.5";
