"use client";

import { Bar, BarChart as Base, CartesianGrid, ReferenceLine, Tooltip, XAxis, YAxis } from "recharts";

import { formatEstimate } from "@/components/ui/format-number";

import { AXIS, GRID } from "./axis";
import { ChartFrame } from "./chart-frame";
import { ChartTooltip } from "./chart-tooltip";
import { colorOf, type Point, type Series } from "./series";
import { summariseFlow } from "./summarise";

type Props = {
  title: string;
  unit: string;
  points: readonly Point[];
  series: readonly Series[];
  /** In words, where the sums and peaks of `summariseFlow` do not say it best. */
  summary?: string | undefined;
  heightPx?: number;
  className?: string | undefined;
};

/** Bars per step, stacked; negative figures (removals) hang below the line. */
export const BarChart = ({ title, unit, points, series, summary, heightPx = 180, className }: Props) => (
  <ChartFrame
    title={title}
    unit={unit}
    points={points}
    series={series}
    summary={summary ?? summariseFlow(points, series)}
    className={className}
  >
    <Base
      responsive
      data={points.map(({ label, values }) => ({ label, ...values }))}
      stackOffset="sign"
      accessibilityLayer={false}
      margin={{ top: 4, right: 4, bottom: 0, left: 0 }}
      barCategoryGap="25%"
      style={{ width: "100%", height: heightPx }}
    >
      <CartesianGrid {...GRID} />
      <XAxis dataKey="label" {...AXIS} minTickGap={16} />
      <YAxis {...AXIS} width={44} tickFormatter={formatEstimate} allowDecimals={false} />
      <ReferenceLine y={0} stroke="var(--strong)" />
      <Tooltip content={ChartTooltip} cursor={{ fill: "var(--hover)" }} />
      {series.map((one) => (
        <Bar
          key={one.key}
          dataKey={one.key}
          name={one.label}
          fill={colorOf(one)}
          stackId="all"
          radius={[2, 2, 0, 0]}
          maxBarSize={28}
          isAnimationActive={false}
        />
      ))}
    </Base>
  </ChartFrame>
);
