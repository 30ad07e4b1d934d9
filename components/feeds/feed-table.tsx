import { Play, Plus } from "lucide-react";

import type { Column } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { ActionButton } from "@/components/forms/action-button";
import type { FormAction } from "@/components/forms/form-action";
import { Count } from "@/components/ui/count";
import { formatShare } from "@/components/ui/format-number";
import { None } from "@/components/ui/key-value";
import { LinkButton } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import type { FeedKind } from "@/lib/domain/feed/feed";

import type { FeedFacts } from "./feed-state";
import { FeedStateBadge, type ShownFeedState } from "./feed-state-badge";
import { FEED_KIND_LABELS } from "./kind-words";
import { LiveFeedState } from "./live-feed-state";
import { RunDelta } from "./run-delta";
import { describeUnplanned, describeWhen } from "./schedule-words";
import type { ShownRun } from "./shown-run";

export type ListedFeed = Omit<FeedFacts, "lastRun" | "kind"> & {
  id: string;
  name: string;
  kind: FeedKind;
  provider: string;
  url: string | null;
  cron: string | null;
  timeZone: string | null;
  active: number;
  uniqueShare: number | null;
  allowlistedShare: number | null;
  lastRun: ShownRun | null;
  state: ShownFeedState;
};

type Props = {
  team: string;
  feeds: readonly ListedFeed[];
  /** Absent: the reader may not run feeds. */
  runAction?: FormAction | undefined;
};

/** A browser opens few connections to one host; so many running feeds are followed live at most. */
const MAX_FOLLOWED = 3;

/** The feeds of a team, the sick ones first, with what happened last and what can be done about it. */
export const FeedTable = ({ team, feeds, runAction }: Props) => {
  const followed = new Set(
    feeds
      .filter(({ state }) => state === "running")
      .slice(0, MAX_FOLLOWED)
      .map(({ id }) => id),
  );
  const columns: Column<ListedFeed>[] = [
    {
      id: "name",
      header: "Feed",
      isRowHeader: true,
      className: "max-w-72 min-w-44",
      cell: ({ id, name, kind, provider, url }) => (
        <>
          <TextLink href={`/t/${team}/feeds/${id}`} className="block truncate font-medium" title={name}>
            {name}
          </TextLink>
          <span className="text-muted block truncate text-xs">{sourceOf(kind, provider, url)}</span>
        </>
      ),
    },
    {
      id: "state",
      header: "State",
      cell: (feed) =>
        followed.has(feed.id) && feed.lastRun !== null ? (
          <LiveFeedState runId={feed.lastRun.id} />
        ) : (
          <FeedStateBadge state={feed.state} />
        ),
    },
    {
      id: "active",
      header: "Active",
      isNumeric: true,
      cell: (feed) => (
        <>
          <Count value={feed.active} />
          <Shares feed={feed} />
        </>
      ),
    },
    {
      id: "delta",
      header: "± last run",
      isNumeric: true,
      cell: ({ lastRun }) => <RunDelta run={lastRun} />,
    },
    {
      id: "last",
      header: "Last good run",
      cell: (feed) => (
        <>
          <RelativeTime at={feed.lastGoodRunAt} />
          {feed.kind !== "local" && <Next feed={feed} />}
        </>
      ),
    },
    {
      id: "problem",
      header: "What happened",
      className: "max-w-80 min-w-40",
      cell: (feed) => <Problem feed={feed} />,
    },
    ...(runAction === undefined
      ? []
      : [
          {
            id: "actions",
            header: <span className="sr-only">Actions</span>,
            className: "text-right whitespace-nowrap",
            cell: (feed: ListedFeed) => <RowAction team={team} feed={feed} runAction={runAction} />,
          },
        ]),
  ];
  return (
    <DataTable
      caption="Feeds, those that need a person first"
      columns={columns}
      rows={feeds}
      rowKey={({ id }) => id}
      empty={null}
    />
  );
};

/** When it is fetched next; how often stands in the title. */
const Next = ({ feed: { kind, nextRunAt, everyMinutes, cron, timeZone } }: { feed: ListedFeed }) => (
  <span
    className="text-muted block text-xs whitespace-nowrap"
    title={describeWhen({ kind, everyMinutes, cron, timeZone })}
  >
    {nextRunAt === null ? (
      describeUnplanned(kind)
    ) : (
      <>
        next <RelativeTime at={nextRunAt} />
      </>
    )}
  </span>
);

/** What no other feed of the team has, and what an allowlist keeps in. */
const Shares = ({ feed: { uniqueShare, allowlistedShare } }: { feed: ListedFeed }) => {
  const isKeptIn = allowlistedShare !== null && allowlistedShare > 0;
  return (
    <>
      {uniqueShare !== null && (
        <span
          className="text-muted block text-xs whitespace-nowrap"
          title="Active values that no other feed of the team has"
        >
          {formatShare(uniqueShare)} unique
        </span>
      )}
      {isKeptIn && (
        <span
          className="text-muted block text-xs whitespace-nowrap"
          title="Values of the list that an allowlist keeps in"
        >
          {formatShare(allowlistedShare)} allowlisted
        </span>
      )}
    </>
  );
};

const Problem = ({ feed: { state, lastRun, failureStreak, barrenBecause } }: { feed: ListedFeed }) => {
  const message =
    state === "refused"
      ? "The source still gives what was discarded; what was live before stays."
      : (lastRun?.error?.message ?? (state === "barren" ? (barrenBecause ?? undefined) : undefined));
  if (state === "held" && message === undefined)
    return (
      <span className="text-muted line-clamp-2 text-xs">A held run waits to be accepted or discarded.</span>
    );
  if (message === undefined) return <None />;
  return (
    <span className="line-clamp-2 text-xs" title={message}>
      {failureStreak > 1 && <strong className="font-medium">{failureStreak} times in a row: </strong>}
      {message}
    </span>
  );
};

type RowActionProps = { team: string; feed: ListedFeed; runAction: FormAction };

const RowAction = ({ team, feed, runAction }: RowActionProps) =>
  feed.kind === "local" ? (
    <LinkButton href={`/t/${team}/indicators/new`} size="sm">
      <Plus aria-hidden />
      Add
    </LinkButton>
  ) : (
    <ActionButton
      action={runAction}
      values={{ team, feedId: feed.id }}
      size="sm"
      disabled={feed.state === "running"}
    >
      <Play aria-hidden />
      Run now
      <span className="sr-only"> {feed.name}</span>
    </ActionButton>
  );

const sourceOf = (kind: FeedKind, provider: string, url: string | null): string => {
  const host = url === null ? null : new URL(url).host;
  return [FEED_KIND_LABELS[kind], provider, host].filter((part) => part !== null && part !== "").join(" · ");
};
