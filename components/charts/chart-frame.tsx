import type { ReactNode } from "react";

import { Disclosure } from "@/components/ui/disclosure";
import { formatNumber } from "@/components/ui/format-number";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";

import { colorOf, valueAt, type Point, type Series } from "./series";

type Props = {
  title: string;
  /** Unit and window: "indicators per day, last 14 days". */
  unit: string;
  summary: string;
  points: readonly Point[];
  series: readonly Series[];
  /** The drawing: decoration to a reader, who gets the summary and the table. */
  children: ReactNode;
  className?: string | undefined;
};

/** What every chart has around it: title, unit, legend, a summary in words and its figures as a table. */
export const ChartFrame = ({ title, unit, summary, points, series, children, className }: Props) => (
  <figure className={className}>
    <figcaption className="mb-3 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
      <span className="text-sm font-semibold">
        {title} <span className="text-muted text-xs font-normal">{unit}</span>
      </span>
      {series.length > 1 && (
        <span className="text-muted flex flex-wrap gap-x-4 gap-y-1 text-xs">
          {series.map((one) => (
            <span key={one.key} className="inline-flex items-center gap-1.5">
              <span
                aria-hidden
                className="size-2.5 rounded-xs forced-color-adjust-none"
                style={{ backgroundColor: colorOf(one) }}
              />
              {one.label}
            </span>
          ))}
        </span>
      )}
    </figcaption>
    <div aria-hidden>{children}</div>
    <p className="text-muted mt-2 text-xs">{summary}</p>
    <Disclosure summary="Show the figures" className="mt-1">
      <TableScroll label={`${title}, figures`} className="max-h-72 shadow-none">
        <Table>
          <thead>
            <tr>
              <Th isSticky>When</Th>
              {series.map((one) => (
                <Th key={one.key} isNumeric>
                  {one.label}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <Tr key={point.label}>
                <RowTh>{point.label}</RowTh>
                {series.map((one) => (
                  <Td key={one.key} isNumeric>
                    {formatNumber(valueAt(point, one.key))}
                  </Td>
                ))}
              </Tr>
            ))}
          </tbody>
        </Table>
      </TableScroll>
    </Disclosure>
  </figure>
);
