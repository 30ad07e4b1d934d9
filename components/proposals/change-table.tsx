import { DataTable } from "@/components/data-table/data-table";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { Badge } from "@/components/ui/badge";
import type { IndicatorType } from "@/lib/domain/indicator/types";

/** One field of an entry, in words, before and after; equal ones did not change. */
export type FieldChange = { field: string; before: string | null; after: string | null };
export type ChangedValue = {
  line: number;
  type: IndicatorType;
  live: string;
  defanged: string;
  /** Where the value stands now, in a sentence. */
  standing: string;
  changes: readonly FieldChange[];
  isWithdrawn: boolean;
  isStale: boolean;
};

/** Exactly what a proposal changes: each value as it stood, and as it is to stand. */
export const ChangeTable = ({ values }: { values: readonly ChangedValue[] }) => (
  <DataTable
    caption="What it changes"
    rows={values}
    rowKey={({ line }) => String(line)}
    empty={null}
    columns={[
      {
        id: "value",
        header: "Indicator",
        isRowHeader: true,
        className: "max-w-40 min-w-28 align-top sm:max-w-80",
        cell: ({ type, live, defanged, isStale }) => (
          <span className="flex flex-col items-start gap-1">
            <IndicatorValue type={type} live={live} defanged={defanged} />
            {isStale && <Badge tone="danger">Changed since</Badge>}
          </span>
        ),
      },
      {
        id: "before",
        header: "Before",
        className: "min-w-40 align-top",
        cell: ({ standing, changes }) => (
          <>
            <p>{standing}</p>
            <Fields changes={changes.filter(({ before }) => before !== null)} side="before" />
          </>
        ),
      },
      {
        id: "after",
        header: "After",
        className: "min-w-40 align-top",
        cell: ({ isWithdrawn, changes }) =>
          isWithdrawn ? (
            <p>Withdrawn. No feed brings it back until a person adds it again.</p>
          ) : (
            <>
              <p>In the team’s own list.</p>
              <Fields changes={changes} side="after" />
            </>
          ),
      },
    ]}
  />
);

const Fields = ({ changes, side }: { changes: readonly FieldChange[]; side: "before" | "after" }) => (
  <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-xs">
    {changes.map((change) => (
      <div key={change.field} className="contents">
        <dt className="text-muted">{change.field}</dt>
        <dd className="break-words">
          {change.before !== change.after && side === "after" ? (
            <strong className="font-semibold">{change.after ?? "none"}</strong>
          ) : (
            (change[side] ?? "none")
          )}
        </dd>
      </div>
    ))}
  </dl>
);
