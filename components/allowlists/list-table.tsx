import { ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";

import { DataTable } from "@/components/data-table/data-table";
import { Badge } from "@/components/ui/badge";
import { Count } from "@/components/ui/count";
import { EmptyState } from "@/components/ui/empty-state";
import { None } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import type { AllowlistEffect, AllowlistMatch } from "@/lib/domain/screening/allowlist";

import { EFFECT_TITLES, MATCH_LABELS } from "./effect-words";

type List = {
  id: string;
  teamId: string | null;
  name: string;
  match: AllowlistMatch;
  effect: AllowlistEffect;
  entries: number;
  hits: number | null;
  createdAt: Date;
  createdBy: string;
};

/** The lists of a team and of the installation, each with what it does and how much of what is live it meets. */
export const ListTable = ({
  team,
  lists,
  newList,
}: {
  team: string;
  lists: readonly List[];
  newList: ReactNode;
}) => (
  <DataTable
    caption="Allowlists of the team and of the installation"
    rows={lists}
    rowKey={({ id }) => id}
    empty={
      <EmptyState icon={ShieldCheck} title="No list of your own yet" action={newList}>
        Put your own domains and networks on one before a feed names them: a wrong line in somebody’s list
        then blocks nothing of yours.
      </EmptyState>
    }
    columns={[
      {
        id: "name",
        header: "List",
        isRowHeader: true,
        cell: ({ id, name, teamId }) => (
          <span className="flex flex-wrap items-center gap-2">
            <TextLink href={`/t/${team}/allowlists/${id}`}>{name}</TextLink>
            {teamId === null && <Badge>Installation</Badge>}
          </span>
        ),
      },
      { id: "match", header: "Compares", cell: ({ match }) => MATCH_LABELS[match].label },
      { id: "effect", header: "Effect", cell: ({ effect }) => EFFECT_TITLES[effect] },
      { id: "entries", header: "Entries", isNumeric: true, cell: ({ entries }) => <Count value={entries} /> },
      { id: "hits", header: "Hits", isNumeric: true, cell: ({ hits }) => <Hits hits={hits} /> },
      { id: "owner", header: "Made by", isWideOnly: true, cell: ({ createdBy }) => createdBy },
      {
        id: "at",
        header: "Since",
        isWideOnly: true,
        cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
      },
    ]}
  />
);

/** How many of the team's live values are on a list; not known until they have been screened by it. */
export const Hits = ({ hits }: { hits: number | null }) =>
  hits === null ? <None label="being counted" /> : <Count value={hits} />;
