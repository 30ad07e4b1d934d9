import { ListChecks } from "lucide-react";

import { DataTable } from "@/components/data-table/data-table";
import { PersonName } from "@/components/people/person-name";
import { EmptyState } from "@/components/ui/empty-state";
import { formatNumber } from "@/components/ui/format-number";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import type { BulkAction, BulkChange, BulkState } from "@/lib/domain/indicator/bulk-change";

import { BulkStateBadge } from "./bulk-state-badge";
import { ACTION_WORDS, describeChange } from "./bulk-words";

type Row = {
  id: string;
  action: BulkAction;
  change: BulkChange | null;
  state: BulkState;
  total: number | null;
  done: number;
  refused: number;
  createdAt: Date;
  createdBy: string;
  undoneBy: string | null;
};

/** Changes of many indicators, newest first. */
export const BulkTable = ({ team, rows }: { team: string; rows: readonly Row[] }) => (
  <DataTable
    caption="Bulk changes, newest first"
    rows={rows}
    rowKey={({ id }) => id}
    empty={
      <EmptyState icon={ListChecks} title="No bulk changes yet">
        Choose indicators in the list, on one page or all that match, and withdraw or change them at once.
        What was done is listed here, and can be undone for a day.
      </EmptyState>
    }
    columns={[
      {
        id: "what",
        header: "Change",
        isRowHeader: true,
        cell: ({ id, action, change }) => (
          <>
            <TextLink href={`/t/${team}/bulk-changes/${id}`}>{ACTION_WORDS[action]}</TextLink>
            <span className="text-muted line-clamp-2 text-xs wrap-anywhere">{describeChange(change)}</span>
          </>
        ),
      },
      {
        id: "state",
        header: "State",
        cell: ({ state, undoneBy }) => (
          <span className="flex items-center gap-2">
            <BulkStateBadge state={state} isPlain />
            {undoneBy !== null && <span className="text-muted text-xs">undone</span>}
          </span>
        ),
      },
      {
        id: "done",
        header: "Done",
        isNumeric: true,
        cell: ({ done, total }) => (total === null ? "–" : `${formatNumber(done)} of ${formatNumber(total)}`),
      },
      {
        id: "refused",
        header: "Left as they were",
        isNumeric: true,
        isWideOnly: true,
        cell: ({ refused }) => formatNumber(refused),
      },
      {
        id: "by",
        header: "By",
        isWideOnly: true,
        cell: ({ createdBy }) => <PersonName of={createdBy} />,
      },
      { id: "at", header: "When", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    ]}
  />
);
