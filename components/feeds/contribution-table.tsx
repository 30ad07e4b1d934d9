import type { Column } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { Count } from "@/components/ui/count";
import { formatShare } from "@/components/ui/format-number";
import { TextLink } from "@/components/ui/text-link";
import type { FeedKind } from "@/lib/domain/feed/feed";

import { FEED_KIND_LABELS } from "./kind-words";

export type ContributingFeed = {
  id: string;
  name: string;
  kind: FeedKind;
  values: number;
  unique: number;
  first: number;
};

/** What each feed brings that no other does, how much of the rest others confirm, and how often it was first. */
export const ContributionTable = ({ team, feeds }: { team: string; feeds: readonly ContributingFeed[] }) => (
  <DataTable
    caption="What each feed contributes"
    columns={columnsOf(team)}
    rows={feeds}
    rowKey={({ id }) => id}
    empty={<p className="text-muted text-sm">Your team has no feed.</p>}
  />
);

const columnsOf = (team: string): Column<ContributingFeed>[] => [
  {
    id: "feed",
    header: "Feed",
    isRowHeader: true,
    className: "max-w-72 min-w-40",
    cell: ({ id, name, kind }) => (
      <>
        <TextLink href={`/t/${team}/feeds/${id}`} className="block truncate font-medium" title={name}>
          {name}
        </TextLink>
        <span className="text-muted block text-xs">{FEED_KIND_LABELS[kind]}</span>
      </>
    ),
  },
  {
    id: "values",
    header: "Values",
    isNumeric: true,
    cell: ({ values }) => <Count value={values} />,
  },
  {
    id: "unique",
    header: "Only here",
    isNumeric: true,
    cell: ({ unique, values }) => <Part count={unique} of={values} />,
  },
  {
    id: "confirmed",
    header: "Confirmed by others",
    isNumeric: true,
    cell: ({ unique, values }) => <Part count={values - unique} of={values} />,
  },
  {
    id: "first",
    header: "First of these",
    isNumeric: true,
    cell: ({ first, unique, values }) => <Part count={first} of={values - unique} />,
  },
];

const Part = ({ count, of }: { count: number; of: number }) => (
  <>
    <Count value={count} />
    <span className="text-muted ml-2 inline-block min-w-12 text-xs">
      {of === 0 ? "–" : formatShare(count / of)}
    </span>
  </>
);
