import type { Column, ColumnSort } from "@/components/data-table/column";
import { Count } from "@/components/ui/count";
import { None } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import type { INDICATOR_SORTS } from "@/lib/domain/indicator/list-query";
import type { IndicatorState } from "@/lib/domain/indicator/lifecycle";
import type { ListColumn } from "@/lib/domain/indicator/list-view";
import { INDICATOR_TYPE_LABELS, type IndicatorType, type Tlp } from "@/lib/domain/indicator/types";

import { defangText } from "./defang-text";
import { DestinationList, type ShownDestination } from "./destination-list";
import { IndicatorStateBadge } from "./indicator-state-badge";
import { TlpBadge } from "./tlp-badge";

export type ShownIndicator = {
  id: string;
  type: IndicatorType;
  value: string;
  /** The value as it may stand on a screen. */
  defanged: string;
  state: IndicatorState;
  confidence: number;
  tlp: Tlp;
  tags: readonly string[];
  feeds: readonly { id: string; name: string }[];
  teams: readonly string[];
  destinations: readonly ShownDestination[];
  validUntil: Date | null;
  firstSeen: Date;
  lastSeen: Date;
  addedAt: Date;
  addedBy: string | null;
  comment: string;
};
export type ListSort = (typeof INDICATOR_SORTS)[number];

type SortBy = (ascending: ListSort | null, descending: ListSort | null) => ColumnSort;
type Shape = Omit<Column<ShownIndicator>, "id" | "header">;

/** Every column that the list can show beside the value, by its name. */
export const listColumns = (team: string, sortBy: SortBy): Record<ListColumn, Shape> => ({
  type: {
    isWideOnly: true,
    cell: ({ type }) => (
      <span className="text-muted text-xs whitespace-nowrap">{INDICATOR_TYPE_LABELS[type]}</span>
    ),
  },
  state: { cell: ({ state }) => <IndicatorStateBadge state={state} isPlain /> },
  confidence: {
    isNumeric: true,
    sort: sortBy(null, "-confidence"),
    cell: ({ confidence }) => <Count value={confidence} />,
  },
  tlp: { cell: ({ tlp }) => <TlpBadge tlp={tlp} /> },
  tags: { className: "max-w-48 min-w-24", cell: ({ tags }) => <Several texts={tags} /> },
  feeds: {
    className: "max-w-28 min-w-24 2xl:max-w-56",
    cell: ({ feeds }) => <Feeds team={team} feeds={feeds} />,
  },
  teams: { className: "max-w-40 min-w-20", cell: ({ teams }) => <Several texts={teams} /> },
  destinations: {
    className: "min-w-24",
    cell: ({ destinations }) => <DestinationList destinations={destinations} />,
  },
  validUntil: {
    sort: sortBy("validUntil", null),
    cell: ({ validUntil }) => <RelativeTime at={validUntil} noneLabel="no end" />,
  },
  firstSeen: { cell: ({ firstSeen }) => <RelativeTime at={firstSeen} /> },
  lastSeen: {
    sort: sortBy(null, "-lastSeen"),
    cell: ({ lastSeen }) => <RelativeTime at={lastSeen} />,
  },
  added: {
    sort: sortBy("addedAt", "-addedAt"),
    cell: ({ addedAt }) => <RelativeTime at={addedAt} />,
  },
  addedBy: { className: "max-w-40", cell: ({ addedBy }) => addedBy ?? <None /> },
  comment: {
    className: "max-w-64 min-w-32",
    cell: ({ comment }) =>
      comment === "" ? (
        <None />
      ) : (
        <span className="block truncate" title={defangText(comment)}>
          {defangText(comment)}
        </span>
      ),
  },
});

const Several = ({ texts }: { texts: readonly string[] }) => {
  const [first, ...others] = texts;
  if (first === undefined) return <None />;
  return (
    <span className="flex min-w-0 items-baseline gap-1.5" title={texts.join("\n")}>
      <span className="min-w-0 truncate">{first}</span>
      {others.length > 0 && <span className="text-muted shrink-0 text-xs">+{others.length}</span>}
    </span>
  );
};

const Feeds = ({ team, feeds }: { team: string; feeds: ShownIndicator["feeds"] }) => {
  const [first, ...others] = feeds;
  if (first === undefined) return <None />;
  return (
    <span className="flex min-w-0 items-baseline gap-1.5" title={feeds.map(({ name }) => name).join("\n")}>
      <TextLink
        href={`/t/${team}/feeds/${first.id}`}
        className="text-ink min-w-0 truncate no-underline hover:underline"
      >
        {first.name}
      </TextLink>
      {others.length > 0 && <span className="text-muted shrink-0 text-xs">+{others.length}</span>}
    </span>
  );
};
