import { formatBytes } from "@/components/ui/format-bytes";
import { formatDuration } from "@/components/ui/format-time";
import { KeyValueList } from "@/components/ui/key-value";
import { ExactTime } from "@/components/ui/relative-time";

import type { ShownRun } from "./shown-run";
import { triggerWord } from "./trigger-words";

type Run = ShownRun & { extent: "full" | "delta"; httpStatus: number | null; decidedAt: Date | null };

/** When a run happened, what started it, and what the source answered. */
export const RunFacts = ({ run }: { run: Run }) => (
  <KeyValueList
    className="[&>div]:grid-cols-[6rem_minmax(0,1fr)]"
    entries={[
      {
        label: "Started by",
        value: <span className="inline-block first-letter:uppercase">{triggerWord(run.trigger)}</span>,
      },
      { label: "Queued", value: <ExactTime at={run.queuedAt} /> },
      { label: "Started", value: run.startedAt === null ? null : <ExactTime at={run.startedAt} /> },
      { label: "Finished", value: run.finishedAt === null ? null : <ExactTime at={run.finishedAt} /> },
      {
        label: "Took",
        value:
          run.startedAt === null || run.finishedAt === null
            ? null
            : formatDuration(run.finishedAt.getTime() - run.startedAt.getTime()),
      },
      ...(run.decidedAt === null
        ? []
        : [{ label: "Decided by a person", value: <ExactTime at={run.decidedAt} /> }]),
      { label: "Answer", value: run.httpStatus === null ? null : `HTTP ${String(run.httpStatus)}` },
      { label: "Fetched", value: run.bytes === null ? null : formatBytes(run.bytes) },
      {
        label: "Extent",
        value:
          run.extent === "delta"
            ? "Changes only"
            : run.error?.code === "cut_short"
              ? "The beginning of the list"
              : "The whole list",
        hint:
          run.error?.code === "cut_short"
            ? "It broke off: what is not in it may still come."
            : run.extent === "full"
              ? "What is not in it counts as gone at the source."
              : "What is not in it stays as it was.",
      },
    ]}
  />
);
