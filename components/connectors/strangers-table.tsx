import { DataTable } from "@/components/data-table/data-table";
import { RowCheckbox, SelectionHead } from "@/components/indicators/selection";
import { RelativeTime } from "@/components/ui/relative-time";

import { STRANGER_STATE_WORDS } from "./drift-words";

type Row = {
  remoteId: string;
  value: string;
  action: string | null;
  title: string | null;
  isDuplicate: boolean;
  changedBy: string | null;
  changedAt: Date | null;
  state: keyof typeof STRANGER_STATE_WORDS;
  decidedBy: string | null;
  problem: string | null;
};

const defanged = (value: string): string => value.replaceAll(".", "[.]");

type Props = { rows: readonly Row[]; /** As in `DriftTable`. */ canDecide: boolean };

/** Records that our application made at a destination and that Sluice knows nothing of, with what becomes of each. */
export const StrangersTable = ({ rows, canDecide }: Props) => (
  <DataTable
    caption="Records that Sluice knows nothing of"
    rows={rows}
    rowKey={({ remoteId }) => remoteId}
    empty={null}
    columns={[
      ...(canDecide
        ? [
            {
              id: "select",
              header: <SelectionHead ids={rows.map(({ remoteId }) => remoteId)} />,
              className: "w-8 pr-0",
              cell: ({ remoteId, value }: Row) => (
                <RowCheckbox id={remoteId} label={`Select ${defanged(value)}`} />
              ),
            },
          ]
        : []),
      {
        id: "value",
        header: "Value",
        isRowHeader: true,
        cell: ({ value }) => <code className="text-xs break-all">{defanged(value)}</code>,
      },
      {
        id: "why",
        header: "Why it is here",
        cell: ({ isDuplicate }) => (isDuplicate ? "Stands beside yours" : "Not sent by Sluice, or forgotten"),
      },
      { id: "action", header: "Action", cell: ({ action }) => action ?? "–" },
      { id: "title", header: "Title", isWideOnly: true, cell: ({ title }) => title ?? "–" },
      {
        id: "by",
        header: "Who",
        isWideOnly: true,
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
      {
        id: "state",
        header: "What becomes of it",
        className: "min-w-44",
        cell: ({ state, decidedBy, problem }) => (
          <span className="text-sm">
            {STRANGER_STATE_WORDS[state]}
            {decidedBy !== null && `, by ${decidedBy}`}
            {problem !== null && `. ${problem}`}
          </span>
        ),
      },
    ]}
  />
);
