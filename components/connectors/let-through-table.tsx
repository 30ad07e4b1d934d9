import { DataTable } from "@/components/data-table/data-table";
import { ActionButton } from "@/components/forms/action-button";
import type { FormAction } from "@/components/forms/form-action";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { PersonName } from "@/components/people/person-name";
import { RelativeTime } from "@/components/ui/relative-time";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";

type Row = {
  indicatorId: string;
  type: IndicatorType;
  value: string;
  reason: string;
  by: string;
  at: Date;
};
type Props = {
  rows: readonly Row[];
  /** Takes one back; null for who may not. */
  end: { action: FormAction; values: Readonly<Record<string, string>> } | null;
};

/** What people let through a connector's gate, with who and why. */
export const LetThroughTable = ({ rows, end }: Props) => (
  <DataTable
    caption="Let through the gate"
    rows={rows}
    rowKey={({ indicatorId }) => indicatorId}
    empty={null}
    columns={[
      {
        id: "value",
        header: "Indicator",
        isRowHeader: true,
        cell: ({ type, value, reason, by, at }) => (
          <>
            <IndicatorValue type={type} live={value} defanged={defang(type, value)} />
            {/* All of it in one column, where there is room for one. */}
            <span className="mt-1 block max-w-64 space-y-1 text-sm font-normal wrap-anywhere lg:hidden">
              <span className="block">{reason}</span>
              <span className="text-muted block">
                <PersonName of={by} />, <RelativeTime at={at} />
              </span>
            </span>
          </>
        ),
      },
      {
        id: "reason",
        header: "Why",
        isWideOnly: true,
        cell: ({ reason }) => <span className="text-sm wrap-anywhere">{reason}</span>,
      },
      {
        id: "by",
        header: "By",
        isWideOnly: true,
        cell: ({ by }) => (
          <span className="text-sm">
            <PersonName of={by} hasEmail />
          </span>
        ),
      },
      { id: "at", header: "When", isWideOnly: true, cell: ({ at }) => <RelativeTime at={at} /> },
      ...(end === null
        ? []
        : [
            {
              id: "end",
              header: "Take back",
              cell: ({ indicatorId }: Row) => (
                <ActionButton action={end.action} values={{ ...end.values, indicatorId }} size="sm">
                  Take back
                </ActionButton>
              ),
            },
          ]),
    ]}
  />
);
