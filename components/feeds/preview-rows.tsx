import { CircleMinus, CircleX, ShieldCheck } from "lucide-react";

import { defangText } from "@/components/indicators/defang-text";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { cn } from "@/components/ui/cn";
import { RowTh, Table, TableScroll, Td, Th, Tr } from "@/components/ui/table";
import type { Preview } from "@/lib/domain/feed/preview";
import { defang } from "@/lib/domain/indicator/defang";

type Row = Preview["rows"][number];

/** The first rows of a list: where each stands, what became of it or why nothing did, and its own text. */
export const PreviewRows = ({ rows }: { rows: readonly Row[] }) => (
  <TableScroll label="First rows" className="max-h-[34rem] shadow-none">
    <Table>
      <caption className="sr-only">The first rows and what becomes of each</caption>
      <thead>
        <tr>
          <Th isNumeric isSticky className="w-px">
            Line
          </Th>
          <Th>Becomes</Th>
          <Th>Row</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.line}>
            <RowTh className="text-muted min-w-0 text-right tabular-nums">{row.line}</RowTh>
            <Td className="max-w-80 min-w-56">
              <Fate row={row} />
            </Td>
            <Td className="max-w-96">
              <span className="text-muted block truncate font-mono text-xs" title={defangText(row.raw)}>
                {defangText(row.raw)}
              </span>
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  </TableScroll>
);

const Fate = ({ row: { indicators, rejected } }: { row: Row }) => (
  <ul className="space-y-1">
    {indicators.map(({ type, value, note }) => (
      <li key={`${type} ${value}`}>
        <IndicatorValue type={type} defanged={defang(type, value)} live={value} />
        {note !== null && (
          <span className="text-warning flex items-center gap-1.5 text-xs">
            <ShieldCheck aria-hidden className="size-3.5 shrink-0" />
            Never sent: {note}
          </span>
        )}
      </li>
    ))}
    {rejected.map(({ text, reason, isExcluded }, index) => (
      <li
        key={`${String(index)} ${text}`}
        className={cn("flex items-start gap-1.5 text-xs", isExcluded ? "text-muted" : "text-danger")}
      >
        {isExcluded ? (
          <CircleMinus aria-hidden className="mt-px size-3.5 shrink-0" />
        ) : (
          <CircleX aria-hidden className="mt-px size-3.5 shrink-0" />
        )}
        <span>
          {isExcluded ? "Excluded" : "Rejected"}: {defangText(reason)}
        </span>
      </li>
    ))}
    {indicators.length + rejected.length === 0 && <li className="text-muted text-xs">Nothing</li>}
  </ul>
);
