import { DataTable } from "@/components/data-table/data-table";

type Row = {
  remoteId: string;
  value: string;
  action: string | null;
  title: string | null;
  isDuplicate: boolean;
};

/** Records that our application made at a destination and that Sluice knows nothing of. */
export const StrangersTable = ({ rows }: { rows: readonly Row[] }) => (
  <DataTable
    caption="Records that Sluice knows nothing of"
    rows={rows}
    rowKey={({ remoteId }) => remoteId}
    empty={null}
    columns={[
      {
        id: "value",
        header: "Value",
        isRowHeader: true,
        cell: ({ value }) => <code className="text-xs break-all">{value.replaceAll(".", "[.]")}</code>,
      },
      { id: "id", header: "Remote id", cell: ({ remoteId }) => <code className="text-xs">{remoteId}</code> },
      { id: "action", header: "Action", cell: ({ action }) => action ?? "–" },
      { id: "title", header: "Title", isWideOnly: true, cell: ({ title }) => title ?? "–" },
      {
        id: "why",
        header: "Why",
        cell: ({ isDuplicate }) => (isDuplicate ? "Stands beside ours" : "Not sent by Sluice, or forgotten"),
      },
    ]}
  />
);
