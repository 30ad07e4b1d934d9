import { DataTable } from "@/components/data-table/data-table";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { RowCheckbox, SelectionHead } from "@/components/indicators/selection";
import { RelativeTime } from "@/components/ui/relative-time";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";

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
};

/** What somebody changed or removed at a destination, who and when as far as that tells, with what becomes of each. */
export const DriftTable = ({ rows, canDecide, isAsked }: Props) => (
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
        cell: ({ type, value }) => <IndicatorValue type={type} live={value} defanged={defang(type, value)} />,
      },
      {
        id: "reason",
        header: "What happened",
        className: "min-w-56",
        cell: ({ reason }) => <span className="text-sm">{reason}</span>,
      },
      {
        id: "by",
        header: "Who",
        cell: ({ changedBy, changedAt }) => (
          <span className="text-sm">
            {changedBy ?? "Not told"}
            {changedAt !== null && (
              <>
                , <RelativeTime at={changedAt} />
              </>
            )}
          </span>
        ),
      },
      { id: "found", header: "Found", cell: ({ foundAt }) => <RelativeTime at={foundAt} /> },
      { id: "next", header: "Next", cell: ({ choice }) => nextOf(choice, isAsked) },
    ]}
  />
);

const nextOf = (choice: Row["choice"], isAsked: boolean): string => {
  if (choice === "ignore") return "Ignored until it changes";
  return isAsked && choice === null ? "Waits for a decision" : "Put right by the next plan";
};
