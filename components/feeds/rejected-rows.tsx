import type { Column } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { defangText } from "@/components/indicators/defang-text";
import { Badge } from "@/components/ui/badge";
import { formatNumber } from "@/components/ui/format-number";

import { reasonLabel } from "./reason-words";

export type RejectedRow = { ordinal: number; line: number; raw: string; code: string; reason: string };

/** The rows that became nothing: where each stands, what stands there, and why. */
export const RejectedRows = ({ rows }: { rows: readonly RejectedRow[] }) => (
  <DataTable
    caption="Rejected rows"
    columns={COLUMNS}
    rows={rows}
    rowKey={({ ordinal }) => String(ordinal)}
    empty={null}
  />
);

type ReasonsProps = { label: string; tone: "danger" | "neutral"; reasons: Readonly<Record<string, number>> };

/** How many became nothing for each reason, the most frequent first. */
export const ReasonCounts = ({ label, tone, reasons }: ReasonsProps) => (
  <ul aria-label={label} className="flex flex-wrap gap-1.5">
    {Object.entries(reasons)
      .sort(([, one], [, other]) => other - one)
      .map(([code, count]) => (
        <li key={code}>
          <Badge tone={tone}>
            <span className="tabular-nums">{formatNumber(count)}</span> {reasonLabel(code)}
          </Badge>
        </li>
      ))}
  </ul>
);

const COLUMNS: readonly Column<RejectedRow>[] = [
  {
    id: "line",
    header: "Line",
    isRowHeader: true,
    className: "min-w-16",
    cell: ({ line }) => formatNumber(line),
  },
  {
    id: "raw",
    header: "Row",
    className: "max-w-sm min-w-48",
    cell: ({ raw }) => (
      <code className="block truncate font-mono text-xs" title={defangText(raw)}>
        {defangText(raw)}
      </code>
    ),
  },
  {
    id: "reason",
    header: "Why",
    className: "min-w-64",
    cell: ({ code, reason }) => (
      <>
        <span className="block">{reasonLabel(code)}</span>
        <span className="text-muted block text-xs wrap-anywhere">{defangText(reason)}</span>
      </>
    ),
  },
];
