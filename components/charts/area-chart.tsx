"use client";

import { Area, AreaChart as Base, CartesianGrid, Tooltip, XAxis, YAxis } from "recharts";

import { formatEstimate } from "@/components/ui/format-number";

import { AXIS, GRID } from "./axis";
import { ChartFrame } from "./chart-frame";
import { ChartTooltip } from "./chart-tooltip";
import { colorOf, type Point, type Series } from "./series";
import { summariseStock } from "./summarise";

type Props = {
  title: string;
  unit: string;
  points: readonly Point[];
  series: readonly Series[];
  summary?: string | undefined;
  heightPx?: number;
  className?: string | undefined;
};

/** What there is at each step, stacked by series. */
export const AreaChart = ({ title, unit, points, series, summary, heightPx = 180, className }: Props) => (
  <ChartFrame
    title={title}
    unit={unit}
    points={points}
    series={series}
    summary={summary ?? summariseStock(points, series)}
    className={className}
  >
    <Base
      responsive
      data={points.map(({ label, values }) => ({ label, ...values }))}
      accessibilityLayer={false}
      margin={{ top: 4, right: 4, bottom: 0, left: 0 }}
      style={{ width: "100%", height: heightPx }}
    >
      <CartesianGrid {...GRID} />
      <XAxis dataKey="label" {...AXIS} minTickGap={16} />
      <YAxis {...AXIS} width={44} tickFormatter={formatEstimate} allowDecimals={false} />
      <Tooltip content={ChartTooltip} cursor={{ stroke: "var(--strong)" }} />
      {series.map((one) => (
        <Area
          key={one.key}
          type="stepAfter"
          dataKey={one.key}
          name={one.label}
          stackId="all"
          stroke={colorOf(one)}
          fill={colorOf(one)}
          fillOpacity={0.25}
          strokeWidth={1.5}
          isAnimationActive={false}
        />
      ))}
    </Base>
  </ChartFrame>
);
