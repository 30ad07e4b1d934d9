import { AreaChart } from "@/components/charts/area-chart";
import type { Point } from "@/components/charts/series";

import type { ShownRun } from "./shown-run";

const SERIES = [{ key: "active", label: "Active", color: 1 }] as const;

/** How many indicators a feed had live after each of its last good runs. Below two there is no course to draw. */
export const ActiveChart = ({ runs }: { runs: readonly ShownRun[] }) => {
  const points = toPoints(runs);
  if (points.length < 2) return null;
  return (
    <AreaChart
      title="Active"
      unit={`indicators after each of the last ${String(points.length)} good runs`}
      points={points}
      series={SERIES}
      heightPx={140}
    />
  );
};

const toPoints = (runs: readonly ShownRun[]): Point[] =>
  runs
    .filter(({ state }) => state === "succeeded" || state === "unchanged")
    .toReversed()
    .map(({ number, counts }) => ({ label: `run ${String(number)}`, values: { active: counts.active } }));
