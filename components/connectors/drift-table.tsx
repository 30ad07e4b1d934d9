import { DataTable } from "@/components/data-table/data-table";
import { ActionButton } from "@/components/forms/action-button";
import type { FormAction } from "@/components/forms/form-action";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";

type Row = {
  indicatorId: string;
  type: IndicatorType;
  value: string;
  reason: string;
  foundAt: Date;
  choice: "restore" | "leave" | null;
};
type Props = {
  rows: readonly Row[];
  /** What decides about one; null for who may not. */
  decide: { action: FormAction; values: Readonly<Record<string, string>> } | null;
  /** Nothing is put right before somebody decides. */
  isAsked: boolean;
};

/** What somebody changed or removed at a destination, with what becomes of each. */
export const DriftTable = ({ rows, decide, isAsked }: Props) => (
  <DataTable
    caption="What drifted"
    rows={rows}
    rowKey={({ indicatorId }) => indicatorId}
    empty={null}
    columns={[
      {
        id: "value",
        header: "Indicator",
        isRowHeader: true,
        cell: ({ type, value }) => <IndicatorValue type={type} live={value} defanged={defang(type, value)} />,
      },
      {
        id: "reason",
        header: "What happened",
        cell: ({ reason }) => <span className="text-sm">{reason}</span>,
      },
      { id: "found", header: "Found", cell: ({ foundAt }) => <RelativeTime at={foundAt} /> },
      { id: "next", header: "Next", cell: ({ choice }) => nextOf(choice, isAsked) },
      ...(decide === null
        ? []
        : [
            {
              id: "decide",
              header: "Decide",
              cell: ({ indicatorId }: Row) => (
                <div className="flex flex-wrap gap-2">
                  {(["restore", "leave"] as const).map((choice) => (
                    <ActionButton
                      key={choice}
                      action={decide.action}
                      values={{ ...decide.values, indicatorId, choice }}
                      size="sm"
                    >
                      {choice === "restore" ? "Put right" : "Leave as it is"}
                    </ActionButton>
                  ))}
                </div>
              ),
            },
          ]),
    ]}
  />
);

const nextOf = (choice: Row["choice"], isAsked: boolean): string => {
  if (choice === "leave") return "Left as it is";
  return isAsked && choice === null ? "Waits for a decision" : "Put right by the next plan";
};
