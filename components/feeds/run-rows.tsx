import type { Column } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { defangText } from "@/components/indicators/defang-text";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { Badge } from "@/components/ui/badge";
import { formatNumber } from "@/components/ui/format-number";
import type { Tone } from "@/components/ui/tone";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";

type Outcome = "added" | "changed" | "unchanged" | "duplicate" | "excluded" | "allowlisted" | "rejected";
type Value = {
  type: IndicatorType | null;
  value: string;
  outcome: Outcome | null;
  reason: string | null;
};
export type RunRow = { line: number; raw: string; values: readonly Value[] };

/** The rows of a run as they stood in the list, each with what became of its values. */
export const RunRows = ({ rows }: { rows: readonly RunRow[] }) => (
  <DataTable
    caption="Rows of the run"
    columns={COLUMNS}
    rows={rows}
    rowKey={({ line }) => String(line)}
    empty={<p className="text-muted text-sm">The list has no row with a value in it.</p>}
  />
);

const COLUMNS: readonly Column<RunRow>[] = [
  {
    id: "line",
    header: "Line",
    isRowHeader: true,
    className: "min-w-16",
    cell: ({ line }) => formatNumber(line),
  },
  {
    id: "values",
    header: "Became",
    className: "max-w-md min-w-64",
    cell: ({ values }) => (
      <ul className="space-y-1">
        {values.map((value, index) => (
          <li key={`${String(index)} ${value.value}`}>
            <Became {...value} />
          </li>
        ))}
      </ul>
    ),
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
];

const Became = ({ type, value, outcome, reason }: Value) => (
  <>
    <span className="flex min-w-0 items-center gap-2">
      {type === null ? (
        <code className="truncate font-mono text-xs">{defangText(value)}</code>
      ) : (
        <IndicatorValue type={type} defanged={defang(type, value)} live={value} />
      )}
      {outcome !== null && <Badge tone={TONES[outcome]}>{WORDS[outcome]}</Badge>}
    </span>
    {reason !== null && <span className="text-muted block text-xs wrap-anywhere">{defangText(reason)}</span>}
  </>
);

const WORDS: Readonly<Record<Outcome, string>> = {
  added: "Added",
  changed: "Changed",
  unchanged: "Unchanged",
  duplicate: "Duplicate",
  excluded: "Excluded",
  allowlisted: "Allowlisted",
  rejected: "Rejected",
};
const TONES: Readonly<Record<Outcome, Tone>> = {
  added: "success",
  changed: "info",
  unchanged: "neutral",
  duplicate: "neutral",
  excluded: "neutral",
  allowlisted: "warning",
  rejected: "danger",
};
