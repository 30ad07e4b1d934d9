"use client";

import type { TooltipContentProps } from "recharts";

import { formatNumber } from "@/components/ui/format-number";

type Props = Pick<TooltipContentProps, "active" | "payload" | "label">;

/** The figures of one step, next to the pointer. The same figures stand in the table below the chart. */
export const ChartTooltip = ({ active, payload, label }: Props) => {
  if (!active || payload.length === 0) return null;
  return (
    <div className="bg-raised shadow-raised rounded-md border px-2.5 py-1.5 text-xs">
      <p className="mb-1 font-medium">{label}</p>
      {payload.map((entry) => (
        <p key={String(entry.dataKey)} className="text-muted flex items-center gap-2">
          <span className="size-2 rounded-xs" style={{ backgroundColor: entry.color }} />
          {entry.name}
          <span className="text-ink ml-auto pl-3 font-medium tabular-nums">
            {formatNumber(Number(entry.value))}
          </span>
        </p>
      ))}
    </div>
  );
};
