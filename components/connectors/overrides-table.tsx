import { DataTable } from "@/components/data-table/data-table";
import { ActionButton } from "@/components/forms/action-button";
import type { FormAction } from "@/components/forms/form-action";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { actionWords } from "@/lib/domain/connector/actions";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";

type Row = {
  indicatorId: string;
  type: IndicatorType;
  value: string;
  isAbsent: boolean;
  action: string | null;
  severity: string | null;
  expiresAt: Date | null;
  title: string | null;
  description: string | null;
  reason: string;
  decidedBy: string;
  decidedAt: Date;
};
type Props = {
  rows: readonly Row[];
  /** What lifts one; null for who may not. */
  lift: { action: FormAction; values: Readonly<Record<string, string>> } | null;
};

/** What people adopted of how records stood at a destination. */
export const OverridesTable = ({ rows, lift }: Props) => (
  <DataTable
    caption="Adopted from Microsoft"
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
        id: "wish",
        header: "How it is wanted there",
        className: "min-w-44",
        cell: (row) => <Wish row={row} />,
      },
      {
        id: "by",
        header: "Adopted by",
        className: "min-w-44",
        cell: ({ decidedBy, decidedAt, reason }) => (
          <span className="text-sm">
            {decidedBy}, <RelativeTime at={decidedAt} />: {reason}
          </span>
        ),
      },
      ...(lift === null
        ? []
        : [
            {
              id: "lift",
              header: "Lift",
              cell: ({ indicatorId }: Row) => (
                <ActionButton
                  action={lift.action}
                  values={{ ...lift.values, indicatorIds: indicatorId }}
                  size="sm"
                >
                  Lift
                </ActionButton>
              ),
            },
          ]),
    ]}
  />
);

const Wish = ({ row: { isAbsent, action, severity, expiresAt, title, description } }: { row: Row }) => {
  if (isAbsent) return <span className="text-sm">Not there</span>;
  const words = [
    action && actionWords(action),
    severity === null ? null : `severity ${severity}`,
    title === null ? null : `title “${title}”`,
    description === null ? null : "its own description",
  ].filter((part) => part !== null);
  return (
    <span className="text-sm">
      {words.join(", ")}
      {expiresAt !== null && (
        <>
          {words.length > 0 && ", "}ends <RelativeTime at={expiresAt} />
        </>
      )}
    </span>
  );
};
