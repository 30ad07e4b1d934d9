import { DataTable } from "@/components/data-table/data-table";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { actionWords } from "@/lib/domain/connector/actions";
import { defang } from "@/lib/domain/indicator/defang";
import type { IndicatorType } from "@/lib/domain/indicator/types";

type Row = {
  remoteId: string;
  indicatorId: string;
  type: IndicatorType;
  value: string;
  action: string | null;
  deviceGroups: readonly string[];
  maker: string | null;
  makerName: string | null;
  seenAt: Date;
  isWanted: boolean;
};
type Props = { rows: readonly Row[]; /** The team's address. */ base: string };

/** Records of a tenant that others made, with what that means for the team. */
export const ForeignTable = ({ rows, base }: Props) => (
  <DataTable
    caption="Held by others"
    rows={rows}
    rowKey={({ remoteId }) => remoteId}
    empty={<p className="text-muted p-4 text-sm">Others hold nothing like that there.</p>}
    columns={[
      {
        id: "value",
        header: "Value",
        isRowHeader: true,
        cell: (row) => (
          <>
            <IndicatorValue type={row.type} live={row.value} defanged={defang(row.type, row.value)} />
            {/* All of it in one column, where there is room for one. */}
            <span className="mt-1 block max-w-64 space-y-1 text-sm font-normal lg:hidden">
              <span className="block">
                {[row.action && actionWords(row.action), `by ${makerOf(row)}`]
                  .filter((part) => part !== null)
                  .join(", ")}
              </span>
              <span className="block">
                <Meaning row={row} base={base} />
              </span>
            </span>
          </>
        ),
      },
      {
        id: "action",
        header: "Action there",
        isWideOnly: true,
        cell: ({ action, deviceGroups }) => (
          <>
            {action === null ? "–" : actionWords(action)}
            {deviceGroups.length > 0 && (
              <span className="text-muted block text-xs">on {deviceGroups.join(", ")}</span>
            )}
          </>
        ),
      },
      { id: "maker", header: "Made by", isWideOnly: true, cell: makerOf },
      {
        id: "seen",
        header: "First seen",
        isWideOnly: true,
        cell: ({ seenAt }) => <RelativeTime at={seenAt} />,
      },
      {
        id: "meaning",
        header: "Your team",
        isWideOnly: true,
        className: "min-w-44",
        cell: (row) => <Meaning row={row} base={base} />,
      },
    ]}
  />
);

const makerOf = ({ maker, makerName }: Row): string => makerName ?? maker ?? "somebody else";

const Meaning = ({ row: { isWanted, indicatorId }, base }: { row: Row; base: string }) =>
  isWanted ? (
    <>
      Has it too: <TextLink href={`${base}/indicators/${indicatorId}`}>what becomes of it</TextLink>
    </>
  ) : (
    <span className="text-muted">Does not have it</span>
  );
