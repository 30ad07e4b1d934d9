import { UserCheck } from "lucide-react";

import { DataTable } from "@/components/data-table/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/format-number";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";

import { ProposalStateBadge, type ProposalState } from "./proposal-state-badge";

type Proposal = {
  id: string;
  operation: "add" | "withdraw";
  state: ProposalState;
  items: number;
  reason: string;
  proposedByName: string;
  proposedAt: Date;
  decidedByName: string | null;
  decisionReason: string | null;
};

/** What a proposal is about, as its link says it. */
export const describeProposal = ({ operation, items }: Pick<Proposal, "operation" | "items">): string =>
  `${operation === "add" ? "Add or change" : "Withdraw"} ${formatCount(items, "indicator")}`;

/** Changes of the team's own list that wait for a second person, or waited. */
export const ProposalTable = ({ team, proposals }: { team: string; proposals: readonly Proposal[] }) => (
  <DataTable
    caption="Proposals, newest first"
    rows={proposals}
    rowKey={({ id }) => id}
    empty={
      <EmptyState icon={UserCheck} title="No proposals">
        When the team asks for a second person, what somebody adds, edits or withdraws by hand waits here
        until another member approves it. An owner turns that on under Settings, Rules.
      </EmptyState>
    }
    columns={[
      {
        id: "what",
        header: "Change",
        isRowHeader: true,
        className: "min-w-40",
        cell: (one) => <TextLink href={`/t/${team}/proposals/${one.id}`}>{describeProposal(one)}</TextLink>,
      },
      { id: "state", header: "State", cell: ({ state }) => <ProposalStateBadge state={state} /> },
      { id: "by", header: "Proposed by", cell: ({ proposedByName }) => proposedByName },
      { id: "at", header: "When", cell: ({ proposedAt }) => <RelativeTime at={proposedAt} /> },
      {
        id: "decided",
        header: "Decided by",
        isWideOnly: true,
        cell: ({ decidedByName }) => decidedByName ?? "Nobody yet",
      },
      {
        id: "reason",
        header: "Reason",
        isWideOnly: true,
        className: "min-w-40",
        cell: ({ decisionReason, reason }) => decisionReason ?? reason,
      },
    ]}
  />
);
