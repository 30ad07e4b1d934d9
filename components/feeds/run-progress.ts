import type { ProgressMessage } from "@/components/live/progress-message";
import { formatCount, formatDelta, formatNumber } from "@/components/ui/format-number";

import { describeOutcome, isUnderWay, type ShownRun } from "./shown-run";

type Run = Pick<
  ShownRun,
  "number" | "state" | "queuedAt" | "startedAt" | "finishedAt" | "counts" | "error" | "sameAs"
>;

/**
 * A run as a progress message. How many rows a source holds is known only at its end, so what moves is the time it has
 * taken, in seconds.
 */
export const toRunProgress = (run: Run, now: Date): ProgressMessage => {
  const since = run.startedAt ?? run.queuedAt;
  return {
    state: run.state,
    isFinal: !isUnderWay(run),
    done: Math.max(0, Math.floor(((run.finishedAt ?? now).getTime() - since.getTime()) / 1_000)),
    total: null,
    ...describe(run),
  };
};

const describe = (run: Run): Pick<ProgressMessage, "sentence" | "tone" | "counts"> => {
  const { number, state, counts, error } = run;
  const name = `Run ${formatNumber(number)}`;
  switch (state) {
    case "queued":
      return { sentence: `${name} waits for a worker. You can leave this page; it goes on.`, tone: "info" };
    case "running":
      return {
        sentence: `${name} is fetching and reading. You can leave this page; it goes on.`,
        tone: "info",
      };
    case "succeeded":
      return {
        sentence: `${name} is live: ${formatDelta(counts.added)} added, ${formatDelta(-counts.removed)} removed, ${formatCount(counts.active, "indicator")} active.`,
        tone: "success",
        counts: pick(counts),
      };
    case "unchanged":
      if (run.sameAs !== null) return { sentence: describeOutcome(run) ?? "", tone: "warning" };
      return {
        sentence: `${name} found nothing new. ${formatCount(counts.active, "indicator")} active.`,
        tone: "success",
      };
    case "held":
      return { sentence: error?.message ?? `${name} is held until a person decides.`, tone: "warning" };
    case "failed":
      return { sentence: error?.message ?? `${name} failed. Nothing was changed.`, tone: "danger" };
    case "discarded":
      return { sentence: `${name} was discarded. The last good run stays live.`, tone: "info" };
    case "rolled-back":
      return { sentence: `${name} was rolled back. Its predecessor is live.`, tone: "info" };
  }
};

const pick = ({ added, changed, removed, rejected, active }: Run["counts"]) => ({
  added,
  changed,
  removed,
  rejected,
  active,
});
