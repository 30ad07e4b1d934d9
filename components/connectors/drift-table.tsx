import { DataTable } from "@/components/data-table/data-table";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { RowCheckbox, SelectionHead } from "@/components/indicators/selection";
import { RelativeTime } from "@/components/ui/relative-time";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { ChangedBy } from "./changed-by";

type Row = {
  indicatorId: string;
  type: IndicatorType;
  value: string;
  reason: string;
  foundAt: Date;
  changedBy: string | null;
  changedAt: Date | null;
  choice: "restore" | "ignore" | null;
};
type Props = {
  rows: readonly Row[];
  /** Rows have a check box each; the table then stands in a `SelectionFrame`. */
  canDecide: boolean;
  /** Nothing is put right before somebody decides. */
  isAsked: boolean;
  /** The connector's own application. */
  clientId: string;
};

/** What somebody changed or removed at a destination, who and when as far as that tells, with what becomes of each. */
export const DriftTable = ({ rows, canDecide, isAsked, clientId }: Props) => (
  <DataTable
    caption="What drifted"
    rows={rows}
    rowKey={({ indicatorId }) => indicatorId}
    empty={null}
    columns={[
      ...(canDecide
        ? [
            {
              id: "select",
              header: <SelectionHead ids={rows.map(({ indicatorId }) => indicatorId)} />,
              className: "w-8 pr-0",
              cell: ({ indicatorId, type, value }: Row) => (
                <RowCheckbox id={indicatorId} label={`Select ${defang(type, value)}`} />
              ),
            },
          ]
        : []),
      {
        id: "value",
        header: "Indicator",
        isRowHeader: true,
        cell: (row) => (
          <>
            <IndicatorValue type={row.type} live={row.value} defanged={defang(row.type, row.value)} />
            {/* All of it in one column, where there is room for one. */}
            <span className="mt-1 block max-w-64 space-y-1 text-sm font-normal lg:hidden">
              <span className="block">{row.reason}</span>
              <span className="text-muted block">
                <ChangedBy by={row.changedBy} at={row.changedAt} clientId={clientId} />
              </span>
              <span className="block">{nextOf(row.choice, isAsked)}</span>
            </span>
          </>
        ),
      },
      {
        id: "reason",
        header: "What happened",
        isWideOnly: true,
        className: "min-w-64",
        cell: ({ reason }) => <span className="text-sm">{reason}</span>,
      },
      {
        id: "by",
        header: "Who",
        isWideOnly: true,
        className: "min-w-36",
        cell: ({ changedBy, changedAt }) => <ChangedBy by={changedBy} at={changedAt} clientId={clientId} />,
      },
      {
        id: "found",
        header: "Found",
        isWideOnly: true,
        cell: ({ foundAt }) => <RelativeTime at={foundAt} />,
      },
      {
        id: "next",
        header: "Next",
        isWideOnly: true,
        className: "min-w-36",
        cell: ({ choice }) => nextOf(choice, isAsked),
      },
    ]}
  />
);

const nextOf = (choice: Row["choice"], isAsked: boolean): string => {
  if (choice === "ignore") return "Ignored until it changes";
  return isAsked && choice === null ? "Waits for a decision" : "Put right by the next plan";
};
