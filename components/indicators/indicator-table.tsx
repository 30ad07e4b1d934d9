"use client";

import type { Column, ColumnSort } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { Count } from "@/components/ui/count";
import { None } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import type { IndicatorState } from "@/lib/domain/indicator/lifecycle";
import type { INDICATOR_SORTS } from "@/lib/domain/indicator/list-query";
import { INDICATOR_TYPE_LABELS, type IndicatorType, type Tlp } from "@/lib/domain/indicator/types";

import { DestinationList, type ShownDestination } from "./destination-list";
import { IndicatorStateBadge } from "./indicator-state-badge";
import { IndicatorValue } from "./indicator-value";
import { TlpBadge } from "./tlp-badge";

type ShownIndicator = {
  id: string;
  type: IndicatorType;
  value: string;
  /** The value as it may stand on a screen. */
  defanged: string;
  state: IndicatorState;
  confidence: number;
  tlp: Tlp;
  feeds: readonly { id: string; name: string }[];
  destinations: readonly ShownDestination[];
  validUntil: Date | null;
  addedAt: Date;
};
type Sort = (typeof INDICATOR_SORTS)[number];

type Props = {
  team: string;
  rows: readonly ShownIndicator[];
  sort: Sort;
  /** This view sorted otherwise. */
  sortHrefs: Readonly<Record<Sort, string>>;
};

/**
 * Indicators a page at a time: what each is, how it stands, who vouches for it, where it went. Drawn from its rows in the
 * browser too: sent as drawn cells, a page of fifty came to 235 KB beside its HTML and took twice as long.
 */
export const IndicatorTable = ({ team, rows, sort, sortHrefs }: Props) => {
  const sortBy = (ascending: Sort | null, descending: Sort | null): ColumnSort =>
    toSort({ sort, sortHrefs, ascending, descending });
  const columns: Column<ShownIndicator>[] = [
    {
      id: "value",
      header: "Value",
      isRowHeader: true,
      className: "w-full max-w-56 min-w-56 sm:max-w-80 sm:min-w-72 2xl:max-w-md",
      sort: sortBy("value", "-value"),
      cell: (row) => <ValueCell team={team} row={row} />,
    },
    {
      id: "type",
      header: "Type",
      isWideOnly: true,
      cell: ({ type }) => (
        <span className="text-muted text-xs whitespace-nowrap">{INDICATOR_TYPE_LABELS[type]}</span>
      ),
    },
    { id: "state", header: "State", cell: ({ state }) => <IndicatorStateBadge state={state} isPlain /> },
    {
      id: "confidence",
      header: "Confidence",
      isNumeric: true,
      sort: sortBy(null, "-confidence"),
      cell: ({ confidence }) => <Count value={confidence} />,
    },
    { id: "tlp", header: "TLP", cell: ({ tlp }) => <TlpBadge tlp={tlp} /> },
    {
      id: "feeds",
      header: "Feeds",
      className: "max-w-28 min-w-24 2xl:max-w-56",
      cell: ({ feeds }) => <Feeds team={team} feeds={feeds} />,
    },
    {
      id: "destinations",
      header: "Destinations",
      className: "min-w-24",
      cell: ({ destinations }) => <DestinationList destinations={destinations} />,
    },
    {
      id: "expires",
      header: "Expires",
      sort: sortBy("validUntil", null),
      cell: ({ validUntil }) => <RelativeTime at={validUntil} noneLabel="no end" />,
    },
    {
      id: "added",
      header: "Added",
      sort: sortBy("addedAt", "-addedAt"),
      cell: ({ addedAt }) => <RelativeTime at={addedAt} />,
    },
  ];
  return (
    <DataTable
      caption="Indicators"
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      empty={null}
      isTall
    />
  );
};

type ValueProps = { team: string; row: ShownIndicator };

const ValueCell = ({ team, row: { id, type, value, defanged } }: ValueProps) => (
  <span className="flex min-w-0 flex-col items-start sm:flex-row sm:items-center sm:justify-between sm:gap-3">
    <IndicatorValue type={type} defanged={defanged} live={value} />
    <TextLink
      href={`/t/${team}/indicators/${id}`}
      className="inline-flex min-h-6 min-w-6 shrink-0 items-center text-xs max-sm:ml-6"
      aria-label={`Trace ${defanged}`}
    >
      Trace
    </TextLink>
  </span>
);

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

type SortOptions = Pick<Props, "sort" | "sortHrefs"> & { ascending: Sort | null; descending: Sort | null };

// A column that knows one direction goes back to the list's own order with the second press.
const toSort = ({ sort, sortHrefs, ascending, descending }: SortOptions): ColumnSort => {
  const direction = sort === ascending ? "ascending" : sort === descending ? "descending" : null;
  const first = descending ?? ascending ?? "-addedAt";
  const second = first === descending ? ascending : descending;
  return { direction, href: sortHrefs[sort === first ? (second ?? "-addedAt") : first] };
};
