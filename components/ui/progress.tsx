"use client";

import { Progress as Base } from "@base-ui/react/progress";

import { cn } from "./cn";
import { formatNumber } from "./format-number";
import { LiveRegion } from "./live-region";
import type { Tone } from "./tone";

type Props = {
  label: string;
  done: number;
  /** `null`: how much there is to do is not known yet. */
  total: number | null;
  unit?: string | undefined;
  tone?: Extract<Tone, "info" | "success" | "danger">;
  className?: string | undefined;
};

const BARS = { info: "bg-accent", success: "bg-success", danger: "bg-danger" };
/** Readers hear every quarter: enough to follow, too little to be talked over. */
const SPOKEN_STEP = 25;

/** How far a long task has come, as a bar, in figures and, every quarter, to readers. */
export const Progress = ({ label, done, total, unit = "", tone = "info", className }: Props) => {
  const value = total === null || total === 0 ? null : Math.min(100, (done / total) * 100);
  const spoken =
    value === null ? "" : `${label}: ${String(Math.floor(value / SPOKEN_STEP) * SPOKEN_STEP)} percent`;

  return (
    <Base.Root value={value} className={cn("w-full", className)}>
      <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
        <Base.Label className="font-medium">{label}</Base.Label>
        <span className="text-muted text-xs tabular-nums">
          {formatNumber(done)}
          {total !== null && ` of ${formatNumber(total)}`} {unit}
        </span>
      </div>
      <Base.Track className="bg-sunken relative h-2 overflow-hidden rounded-full border">
        <Base.Indicator
          className={cn(
            "data-indeterminate:animate-slide h-full rounded-full transition-[width] duration-300 data-indeterminate:w-1/3 forced-colors:bg-[Highlight]",
            BARS[tone],
          )}
        />
      </Base.Track>
      <LiveRegion>{spoken}</LiveRegion>
    </Base.Root>
  );
};
