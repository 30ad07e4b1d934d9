import { cn } from "./cn";
import { formatNumber } from "./format-number";

export type Segment = {
  label: string;
  value: number;
  /** Fill of the segment: a colour and, where neighbours could be confused, a texture. */
  className: string;
  /** Set aside, not used: the caption does not count it. */
  isReserve?: boolean;
};
type Props = {
  label: string;
  total: number;
  unit: string;
  segments: readonly Segment[];
  /** The rest of the total; left out when it is not known. */
  restLabel?: string | undefined;
  className?: string | undefined;
};

const MIN_VISIBLE_PERCENT = 0.6;

/** A whole and its parts as a bar, with a legend that says every figure in words; the bar itself is decoration. */
export const SegmentBar = ({ label, total, unit, segments, restLabel, className }: Props) => {
  const sumOf = (some: readonly Segment[]): number => some.reduce((sum, { value }) => sum + value, 0);
  const used = sumOf(segments.filter(({ isReserve }) => isReserve !== true));
  const taken = sumOf(segments);
  const scale = Math.max(total, taken, 1);
  const legend =
    restLabel === undefined
      ? segments
      : [...segments, { label: restLabel, value: Math.max(total - taken, 0), className: "bg-surface" }];

  return (
    <figure className={className}>
      <figcaption className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
        <span className="font-medium">{label}</span>
        <span className="text-muted text-xs tabular-nums">
          {formatNumber(used)} of {formatNumber(total)} {unit}
        </span>
      </figcaption>
      <div aria-hidden className="bg-sunken flex h-3 gap-px overflow-hidden rounded-full border">
        {segments.map((segment) => (
          <span
            key={segment.label}
            className={cn("forced-color-adjust-none", segment.className)}
            style={{
              width: `${String((segment.value / scale) * 100)}%`,
              minWidth: segment.value > 0 ? `${String(MIN_VISIBLE_PERCENT)}%` : undefined,
            }}
          />
        ))}
      </div>
      <ul className="text-muted mt-2 flex flex-wrap gap-x-5 gap-y-1 text-xs">
        {legend.map((segment) => (
          <li key={segment.label} className="inline-flex items-center gap-1.5">
            <span
              aria-hidden
              className={cn(
                "border-strong/40 size-2.5 rounded-xs border forced-color-adjust-none",
                segment.className,
              )}
            />
            {segment.label}
            <span className="text-ink font-medium tabular-nums">{formatNumber(segment.value)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
};
