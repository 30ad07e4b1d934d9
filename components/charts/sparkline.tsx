import { cn } from "@/components/ui/cn";

import { sparklinePath } from "./sparkline-path";

type Props = {
  values: readonly number[];
  /** What the line shows, with figures: "Active: 812 to 950 in 14 days". It is what a reader gets. */
  label: string;
  className?: string | undefined;
};

const BOX = { width: 96, height: 24, padding: 2 };

/** A trend in a table row: drawn on the server, no script. Below two values there is no line to draw. */
export const Sparkline = ({ values, label, className }: Props) => {
  if (values.length < 2) return null;
  const line = sparklinePath(values, BOX);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${String(BOX.width)} ${String(BOX.height)}`}
      preserveAspectRatio="none"
      className={cn("inline-block h-6 w-24 overflow-visible align-middle", className)}
    >
      <path
        d={`${line}L${String(BOX.width - BOX.padding)} ${String(BOX.height)}L${String(BOX.padding)} ${String(BOX.height)}Z`}
        className="fill-accent-tint"
      />
      <path
        d={line}
        className="stroke-accent fill-none"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
};
