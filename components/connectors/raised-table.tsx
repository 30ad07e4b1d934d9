import { DataTable } from "@/components/data-table/data-table";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { TextLink } from "@/components/ui/text-link";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";

type Raised = {
  indicatorId: string;
  type: IndicatorType;
  value: string;
  standing: { sentence: string };
};

/** Records that stand stricter than a connector wants them, each with who wants it so. */
export const RaisedTable = ({ base, records }: { base: string; records: readonly Raised[] }) => (
  <DataTable
    caption="Stricter because of others"
    rows={records}
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
        id: "standing",
        header: "What stands",
        cell: ({ standing }) => <span className="text-sm wrap-anywhere">{standing.sentence}</span>,
      },
      {
        id: "trace",
        header: "Trace",
        cell: ({ indicatorId }) => <TextLink href={`${base}/indicators/${indicatorId}`}>Trace</TextLink>,
      },
    ]}
  />
);
