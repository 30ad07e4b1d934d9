import { DataTable } from "@/components/data-table/data-table";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { RowCheckbox, SelectionHead } from "@/components/indicators/selection";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
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
  pushId: string | null;
  planId: string | null;
};
type Props = {
  rows: readonly Row[];
  /** Rows have a check box each; the table then stands in a `SelectionFrame`. */
  canDecide: boolean;
  /** Nothing is put right before somebody decides. */
  isAsked: boolean;
  /** Plans are made and applied without a person. */
  isAutomatic: boolean;
  /** The team's address. */
  base: string;
  /** The connector's own application. */
  clientId: string;
};

/** What somebody changed or removed at a destination, who and when as far as that tells, with what becomes of each. */
export const DriftTable = ({ rows, canDecide, isAsked, isAutomatic, base, clientId }: Props) => (
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
              <span className="block">
                <Next row={row} {...{ isAsked, isAutomatic, base }} />
              </span>
            </span>
          </>
        ),
      },
      {
        id: "reason",
        header: "What happened",
        isWideOnly: true,
        className: "min-w-48",
        cell: ({ reason }) => <span className="text-sm">{reason}</span>,
      },
      {
        id: "by",
        header: "Who",
        isWideOnly: true,
        className: "min-w-32",
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
        className: "min-w-32",
        cell: (row) => <Next row={row} {...{ isAsked, isAutomatic, base }} />,
      },
    ]}
  />
);

type NextProps = { row: Row } & Pick<Props, "isAsked" | "isAutomatic" | "base">;

/** What becomes of it: by what is under way already, else by the next plan. */
const Next = ({ row: { choice, pushId, planId }, isAsked, isAutomatic, base }: NextProps) => {
  if (pushId !== null)
    return (
      <>
        Is put right by <TextLink href={`${base}/pushes/${pushId}`}>the push under way</TextLink>
      </>
    );
  if (choice === "ignore") return "Ignored until it changes";
  if (isAsked && choice === null) return "Waits for a decision";
  if (planId !== null)
    return (
      <>
        Is put right by{" "}
        <TextLink href={`${base}/plans/${planId}`}>the plan that waits to be applied</TextLink>
      </>
    );
  return isAutomatic
    ? "Is put right by the next plan, which is made by itself"
    : "Is put right by the next plan";
};
