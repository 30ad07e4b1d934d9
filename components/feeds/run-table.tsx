import type { Column } from "@/components/data-table/column";
import { DataTable } from "@/components/data-table/data-table";
import { Badge } from "@/components/ui/badge";
import { Count } from "@/components/ui/count";
import { EmptyState } from "@/components/ui/empty-state";
import { formatBytes } from "@/components/ui/format-bytes";
import { formatNumber } from "@/components/ui/format-number";
import { formatDuration } from "@/components/ui/format-time";
import { None } from "@/components/ui/key-value";
import { RelativeTime } from "@/components/ui/relative-time";
import { TextLink } from "@/components/ui/text-link";
import { History } from "lucide-react";

import { RunDelta } from "./run-delta";
import { RunStateBadge } from "./run-state-badge";
import { describeOutcome, shownStateOf, type ShownRun } from "./shown-run";

type Props = {
  team: string;
  runs: readonly ShownRun[];
  /** The run whose list is live; null when none is. */
  liveRunId: string | null;
  /** When the first run is due, for a feed that has none yet. */
  nextRunAt: Date | null;
};

/** A feed's runs, newest first, each with where its values went. */
export const RunTable = ({ team, runs, liveRunId, nextRunAt }: Props) => (
  <DataTable
    caption="Runs, newest first"
    columns={
      runs.some((run) => describeOutcome(run) !== null)
        ? [...columnsOf(team, liveRunId), PROBLEM]
        : columnsOf(team, liveRunId)
    }
    rows={runs}
    rowKey={({ id }) => id}
    empty={
      <EmptyState icon={History} title="No run yet">
        {nextRunAt === null ? (
          "It runs when you press “Run now”."
        ) : (
          <>
            The first run is due <RelativeTime at={nextRunAt} />. “Run now” brings it forward.
          </>
        )}
      </EmptyState>
    }
  />
);

const columnsOf = (team: string, liveRunId: string | null): Column<ShownRun>[] => [
  {
    id: "number",
    header: "Run",
    isRowHeader: true,
    className: "min-w-20",
    cell: ({ id, number }) => (
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <TextLink href={`/t/${team}/runs/${id}`} className="font-medium tabular-nums">
          Run {number}
        </TextLink>
        {id === liveRunId && <Badge tone="success">Live</Badge>}
      </span>
    ),
  },
  { id: "state", header: "State", cell: (run) => <RunStateBadge state={shownStateOf(run)} isPlain /> },
  {
    id: "at",
    header: "When",
    cell: ({ finishedAt, queuedAt }) => <RelativeTime at={finishedAt ?? queuedAt} />,
  },
  {
    id: "took",
    header: "Took",
    className: "whitespace-nowrap",
    cell: (run) => <Took run={run} />,
  },
  { id: "lines", header: "Rows", isNumeric: true, cell: ({ counts }) => <Quiet value={counts.lines} /> },
  {
    id: "delta",
    header: "± live",
    isNumeric: true,
    cell: (run) => (
      <>
        <RunDelta run={run} />
        {run.counts.changed > 0 && (
          <span className="text-muted block text-xs">{formatNumber(run.counts.changed)} changed</span>
        )}
      </>
    ),
  },
  {
    id: "rejected",
    header: "Rejected",
    isNumeric: true,
    cell: ({ counts }) => <Quiet value={counts.rejected} />,
  },
  {
    id: "active",
    header: "Active",
    isNumeric: true,
    cell: ({ state, counts }) =>
      state === "succeeded" || state === "unchanged" ? (
        <Count value={counts.active} />
      ) : (
        <None label="not applied" />
      ),
  },
];

const PROBLEM: Column<ShownRun> = {
  id: "problem",
  header: "What happened",
  className: "max-w-80 min-w-48",
  cell: (run) => {
    const outcome = describeOutcome(run);
    if (outcome === null) return <None />;
    return (
      <span className="line-clamp-3 text-xs" title={outcome}>
        {outcome}
      </span>
    );
  },
};

/** How long a run was worked on, and how much was fetched. */
const Took = ({ run: { startedAt, finishedAt, bytes } }: { run: ShownRun }) =>
  startedAt === null || finishedAt === null ? (
    <None label="not known" />
  ) : (
    <>
      <span className="block tabular-nums">{formatDuration(finishedAt.getTime() - startedAt.getTime())}</span>
      {bytes !== null && <span className="text-muted block text-xs tabular-nums">{formatBytes(bytes)}</span>}
    </>
  );

const Quiet = ({ value }: { value: number }) => (
  <Count value={value} className={value === 0 ? "text-faint" : undefined} />
);
