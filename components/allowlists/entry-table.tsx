import { ListChecks } from "lucide-react";

import { DataTable } from "@/components/data-table/data-table";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import type { FormAction } from "@/components/forms/form-action";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { RelativeTime } from "@/components/ui/relative-time";

type Entry = {
  id: string;
  value: string;
  comment: string;
  createdAt: Date;
  createdBy: string;
  until: Date | null;
  isInForce: boolean;
};

type Props = {
  team: string;
  listId: string;
  entries: readonly Entry[];
  isSearch: boolean;
  /** Absent: the reader may not take any out. */
  action?: FormAction | undefined;
};

/** The entries of a list: what, why, who put it there, until when. */
export const EntryTable = ({ team, listId, entries, isSearch, action }: Props) => (
  <DataTable
    caption="Entries"
    rows={entries}
    rowKey={({ id }) => id}
    empty={
      <EmptyState icon={ListChecks} title={isSearch ? "No entry holds that text" : "No entry yet"}>
        {isSearch
          ? "Search for a part of it, or for nothing to see all."
          : "A list without entries keeps nothing in."}
      </EmptyState>
    }
    columns={[
      {
        id: "value",
        header: "Entry",
        isRowHeader: true,
        className: "max-w-72 min-w-40",
        cell: ({ value, isInForce }) => (
          <span className="flex flex-wrap items-center gap-2">
            <span className="font-mono text-sm break-all">{value}</span>
            {!isInForce && <Badge>Ended</Badge>}
          </span>
        ),
      },
      { id: "comment", header: "Why", className: "min-w-40", cell: ({ comment }) => comment },
      { id: "by", header: "Put there by", isWideOnly: true, cell: ({ createdBy }) => createdBy },
      {
        id: "at",
        header: "Since",
        isWideOnly: true,
        cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
      },
      {
        id: "until",
        header: "Until",
        cell: ({ until }) => (until === null ? "No end" : <RelativeTime at={until} />),
      },
      ...(action === undefined
        ? []
        : [
            {
              id: "remove",
              header: <span className="sr-only">Take out</span>,
              cell: ({ value }: Entry) => (
                <ConfirmDialog
                  trigger={
                    <>
                      Take out<span className="sr-only"> {value}</span>
                    </>
                  }
                  size="sm"
                  title={
                    <>
                      Take <span className="font-mono break-all">{value}</span> out?
                    </>
                  }
                  confirmLabel="Take it out"
                  action={action}
                  values={{ team, listId, value }}
                >
                  <p>
                    What only this entry kept in becomes active again and goes to the destinations with the
                    next plan.
                  </p>
                </ConfirmDialog>
              ),
            },
          ]),
    ]}
  />
);
