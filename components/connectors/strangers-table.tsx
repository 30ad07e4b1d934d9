import { DataTable } from "@/components/data-table/data-table";
import { RowCheckbox, SelectionHead } from "@/components/indicators/selection";
import { actionWords } from "@/lib/domain/connector/actions";

import { ChangedBy } from "./changed-by";
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

const whyOf = ({ isDuplicate }: Row): string =>
  isDuplicate ? "Stands beside yours" : "Not sent by Sluice, or forgotten";

const stateOf = ({ state, decidedBy, problem }: Row): string =>
  `${STRANGER_STATE_WORDS[state]}${decidedBy === null ? "" : `, by ${decidedBy}`}${problem === null ? "" : `. ${problem}`}`;

type Props = {
  rows: readonly Row[];
  /** Rows have a check box each; the table then stands in a `SelectionFrame`. */
  canDecide: boolean;
  /** The connector's own application. */
  clientId: string;
};

/** Records that our application made at a destination and that Sluice knows nothing of, with what becomes of each. */
export const StrangersTable = ({ rows, canDecide, clientId }: Props) => (
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
        cell: (row) => (
          <>
            <code className="text-xs break-all">{defanged(row.value)}</code>
            {/* All of it in one column, where there is room for one. */}
            <span className="mt-1 block max-w-64 space-y-1 text-sm font-normal lg:hidden">
              <span className="block">
                {[whyOf(row), row.action && actionWords(row.action), row.title]
                  .filter((part) => part !== null)
                  .join(", ")}
              </span>
              <span className="text-muted block">
                <ChangedBy by={row.changedBy} at={row.changedAt} clientId={clientId} />
              </span>
              <span className="block">{stateOf(row)}</span>
            </span>
          </>
        ),
      },
      {
        id: "why",
        header: "Why it is here",
        isWideOnly: true,
        cell: whyOf,
      },
      {
        id: "action",
        header: "Action",
        isWideOnly: true,
        cell: ({ action }) => (action === null ? "–" : actionWords(action)),
      },
      { id: "title", header: "Title", isWideOnly: true, cell: ({ title }) => title ?? "–" },
      {
        id: "by",
        header: "Who",
        isWideOnly: true,
        cell: ({ changedBy, changedAt }) => <ChangedBy by={changedBy} at={changedAt} clientId={clientId} />,
      },
      {
        id: "state",
        header: "What becomes of it",
        isWideOnly: true,
        className: "min-w-44",
        cell: (row) => <span className="text-sm">{stateOf(row)}</span>,
      },
    ]}
  />
);
