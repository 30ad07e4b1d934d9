import { Count } from "@/components/ui/count";
import { formatBytes } from "@/components/ui/format-bytes";
import { formatDuration } from "@/components/ui/format-time";
import { formatNumber } from "@/components/ui/format-number";
import { lowerFirst } from "@/components/ui/lower-first";
import { RelativeTime } from "@/components/ui/relative-time";
import { StatTile } from "@/components/ui/stat-tile";

import { RUN_LOOKS } from "./run-state-badge";
import { describeUnplanned, describeWhen } from "./schedule-words";
import { shownStateOf, type ShownRun } from "./shown-run";

type Props = {
  team: string;
  feed: {
    id: string;
    kind: string;
    enabled: boolean;
    everyMinutes: number | null;
    cron: string | null;
    timeZone: string | null;
    nextRunAt: Date | null;
  };
  health: {
    lastRun: ShownRun | null;
    lastGoodRun: ShownRun | null;
    lastGoodRunAt: Date | null;
    active: number;
  };
};

/** The figures that say whether a feed arrives: what is live, what the last run did, when the next is due. */
export const FeedHealth = ({
  team,
  feed,
  health: { lastRun, lastGoodRun, lastGoodRunAt, active },
}: Props) => (
  <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
    <StatTile
      label="Active"
      value={<Count value={active} />}
      detail="indicators"
      href={`/t/${team}/indicators?feed=${feed.id}`}
    />
    <StatTile
      label="Last run"
      value={lastRun === null ? "–" : `Run ${formatNumber(lastRun.number)}`}
      detail={lastRun === null ? undefined : <RelativeTime at={lastRun.finishedAt ?? lastRun.queuedAt} />}
      state={lastRun === null ? undefined : RUN_LOOKS[shownStateOf(lastRun)]}
      href={lastRun === null ? undefined : `/t/${team}/runs/${lastRun.id}`}
    />
    <StatTile
      label="Last good run"
      value={<RelativeTime at={lastGoodRunAt} />}
      detail={describeLast(lastGoodRun)}
    />
    {feed.kind === "local" ? (
      <StatTile label="Kept by" value="Hand" detail="each change is a run" />
    ) : (
      <StatTile
        label="Next run"
        value={
          feed.enabled ? (
            <RelativeTime at={feed.nextRunAt} noneLabel={describeUnplanned(feed.kind)} />
          ) : (
            "Paused"
          )
        }
        detail={feed.enabled ? lowerFirst(describeWhen(feed)) : "what it brought stays live"}
      />
    )}
  </div>
);

/** "took 1.2 s, 96 KB". */
const describeLast = (run: ShownRun | null): string | undefined => {
  if (!run?.startedAt || !run.finishedAt) return undefined;
  const took = `took ${formatDuration(run.finishedAt.getTime() - run.startedAt.getTime())}`;
  return run.bytes === null ? took : `${took}, ${formatBytes(run.bytes)}`;
};
