import type { ComponentProps, ReactNode } from "react";

import { cn } from "./cn";

type ScrollProps = { label: string; children: ReactNode; isTall?: boolean; className?: string | undefined };

/** The frame a wide or tall table scrolls in. It can be focused, so the arrow keys scroll it. */
export const TableScroll = ({ label, children, isTall = false, className }: ScrollProps) => (
  <div
    role="region"
    aria-label={label}
    tabIndex={0}
    className={cn(
      "scrollbar-slim bg-surface shadow-card relative overflow-auto rounded-lg border focus-visible:-outline-offset-2",
      isTall && "md:max-h-[calc(100dvh-13rem)]",
      className,
    )}
  >
    {children}
  </div>
);

/** A dense table; numbers line up, the head and the first column stay in sight. */
export const Table = ({ className, ...props }: ComponentProps<"table">) => (
  <table
    {...props}
    className={cn("w-full border-separate border-spacing-0 text-sm tabular-nums", className)}
  />
);

type CellProps = { isNumeric?: boolean | undefined; isSticky?: boolean | undefined };

/** The heading of a column. */
export const Th = ({
  isNumeric = false,
  isSticky = false,
  className,
  ...props
}: ComponentProps<"th"> & CellProps) => (
  <th
    scope="col"
    {...props}
    className={cn(
      "bg-sunken text-muted sticky top-0 z-10 h-8 border-b px-3 text-left align-middle text-xs font-medium whitespace-nowrap",
      isNumeric && "text-right",
      isSticky && "left-0 z-20",
      className,
    )}
  />
);

/** The cell that names its row; it stays in sight while the rest scrolls. */
export const RowTh = ({
  isNumeric = false,
  isSticky = true,
  className,
  ...props
}: ComponentProps<"th"> & CellProps) => (
  <th
    scope="row"
    {...props}
    className={cn(
      "bg-surface group-hover/row:bg-hover h-9 max-w-[min(30rem,58vw)] min-w-44 border-b px-3 py-1.5 text-left align-middle font-normal group-last/row:border-b-0 2xl:max-w-[44rem]",
      isNumeric && "text-right whitespace-nowrap",
      isSticky && "sticky left-0 z-1",
      className,
    )}
  />
);

/** Any other cell. */
export const Td = ({
  isNumeric = false,
  isSticky = false,
  className,
  ...props
}: ComponentProps<"td"> & CellProps) => (
  <td
    {...props}
    className={cn(
      "bg-surface group-hover/row:bg-hover h-9 border-b px-3 py-1.5 align-middle group-last/row:border-b-0",
      isNumeric && "text-right whitespace-nowrap",
      isSticky && "sticky left-0 z-1",
      className,
    )}
  />
);

/** A row; its cells answer to the pointer together. */
export const Tr = ({ className, ...props }: ComponentProps<"tr">) => (
  <tr {...props} className={cn("group/row", className)} />
);
