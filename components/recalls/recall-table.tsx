import { Undo2 } from "lucide-react";
import type { ReactNode } from "react";

import { DataTable } from "@/components/data-table/data-table";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import type { RecallKind } from "@/lib/domain/screening/recall";

import { defangTarget, KIND_WORDS } from "./recall-words";

type Recall = {
  id: string;
  teamId: string | null;
  kind: RecallKind;
  value: string;
  reason: string;
  until: Date | null;
  createdAt: Date;
  createdBy: string;
  isStanding: boolean;
};

/** Recalls of a team and of every team, newest first. */
export const RecallTable = ({
  team,
  recalls,
  recall,
}: {
  team: string;
  recalls: readonly Recall[];
  recall: ReactNode;
}) => (
  <DataTable
    caption="Recalls, newest first"
    rows={recalls}
    rowKey={({ id }) => id}
    isStacked
    empty={
      <EmptyState icon={Undo2} title="Nothing was recalled yet" action={recall}>
        When a wrong indicator blocks what must not be blocked, a recall takes it back at every destination at
        once.
      </EmptyState>
    }
    columns={[
      {
        id: "target",
        header: "Recalled",
        isRowHeader: true,
        className: "max-w-80 min-w-40",
        cell: (one) => (
          <>
            <TextLink href={`/t/${team}/recalls/${one.id}`}>
              <span className="font-mono break-all">{defangTarget(one)}</span>
            </TextLink>
            <span className="text-muted block text-xs">{KIND_WORDS[one.kind]}</span>
          </>
        ),
      },
      {
        id: "state",
        header: "State",
        cell: ({ isStanding, teamId }) => (
          <span className="flex flex-wrap gap-1">
            <Badge tone={isStanding ? "danger" : "neutral"}>{isStanding ? "Stands" : "Ended"}</Badge>
            {teamId === null && <Badge>Every team</Badge>}
          </span>
        ),
      },
      { id: "reason", header: "Reason", className: "min-w-40", cell: ({ reason }) => reason },
      { id: "by", header: "By", cell: ({ createdBy }) => createdBy },
      { id: "at", header: "When", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
      {
        id: "until",
        header: "Until",
        cell: ({ until }) => (until === null ? "Somebody lifts it" : <RelativeTime at={until} />),
      },
    ]}
  />
);
