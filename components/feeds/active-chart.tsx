import { BarChart } from "@/components/charts/bar-chart";
import type { Point } from "@/components/charts/series";
import { formatNumber } from "@/components/ui/format-number";

import type { ShownRun } from "./shown-run";

const SERIES = [{ key: "active", label: "Active", color: 1 }] as const;

/** How many indicators a feed had live after each of its last good runs. Below two there is no course to draw. */
export const ActiveChart = ({ runs }: { runs: readonly ShownRun[] }) => {
  const good = goodRuns(runs).toReversed();
  const [first, last] = [good[0], good.at(-1)];
  if (first === undefined || last === undefined || good.length < 2) return null;
  return (
    <BarChart
      title="Active"
      unit={`indicators after each of the last ${String(good.length)} good runs`}
      points={good.map(toPoint)}
      series={SERIES}
      summary={`${formatNumber(last.counts.active)} after run ${formatNumber(last.number)}, from ${formatNumber(first.counts.active)} after run ${formatNumber(first.number)}.`}
      heightPx={140}
    />
  );
};

/** The runs after which it is known what is live. */
export const goodRuns = (runs: readonly ShownRun[]): ShownRun[] =>
  runs.filter(({ state, isLive }) => state === "succeeded" || (state === "unchanged" && isLive));

const toPoint = ({ number, counts }: ShownRun): Point => ({
  label: `run ${String(number)}`,
  values: { active: counts.active },
});
