import { DataTable } from "@/components/data-table/data-table";
import type { Grant } from "@/lib/domain/connector/setup/setup";

/** Each right that is to be granted: exactly which, of what, why, and by whom. */
export const GrantTable = ({ grants }: { grants: readonly Grant[] }) => (
  <DataTable
    caption="What to grant"
    rows={grants}
    rowKey={({ what }) => what}
    empty={null}
    columns={[
      {
        id: "what",
        header: "Grant",
        isRowHeader: true,
        cell: ({ what }) => <code className="text-xs font-semibold">{what}</code>,
      },
      { id: "of", header: "Of", cell: ({ of }) => of },
      { id: "why", header: "Why", cell: ({ why }) => why },
      { id: "by", header: "Who must", cell: ({ by }) => by },
    ]}
  />
);
