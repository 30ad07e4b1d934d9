import { Callout } from "@/components/ui/callout";
import { formatNumber } from "@/components/ui/format-number";
import { SegmentBar, type Segment } from "@/components/ui/segment-bar";

type Capacity = {
  limit: number;
  ours: number;
  /** `null`: the application may not see it. */
  otherTeams: number | null;
  foreign: number | null;
  free: number | null;
  headroom: number;
  /** Not known yet. */
  isUnread: boolean;
};
type Props = { capacity: Capacity; label?: string; className?: string | undefined };

/** Who holds a destination's places: this team, other teams, others altogether, nobody. Says what cannot be seen. */
export const CapacityBar = ({ capacity, label = "Capacity", className }: Props) => {
  const { limit, ours, otherTeams, foreign, free, headroom, isUnread } = capacity;
  const parts: (Omit<Segment, "value"> & { value: number | null })[] = [
    { label: "Ours", value: ours, className: "bg-accent" },
    { label: "Other teams", value: otherTeams, className: "bg-chart-3 texture-stripes" },
    { label: "Not from Sluice", value: foreign, className: "bg-chart-6 texture-dots" },
  ];
  const segments: Segment[] = parts.flatMap(({ value, ...part }) =>
    value === null ? [] : [{ ...part, value }],
  );
  const reserve = free === null ? 0 : Math.min(headroom, free);
  if (reserve > 0)
    segments.push({
      label: "Kept free",
      value: reserve,
      className: "bg-sunken texture-stripes",
      isReserve: true,
    });

  return (
    <div className={className}>
      <SegmentBar
        label={label}
        total={limit}
        unit="indicators"
        segments={segments}
        restLabel={free === null ? undefined : "Free"}
      />
      {isUnread && (
        <p className="text-muted mt-2 text-xs">
          What others put there and what is free of {formatNumber(limit)} was <strong>not read yet</strong>:
          that comes with the first comparison.
        </p>
      )}
      {!isUnread && (foreign === null || free === null) && (
        <p className="text-muted mt-2 text-xs">
          What others put there and what is free of {formatNumber(limit)} is <strong>not visible</strong> to
          this application. A read permission on all indicators of the tenant would show it.
        </p>
      )}
      {headroom > 0 && (
        <p className="text-muted mt-2 text-xs">
          {formatNumber(headroom)} of {formatNumber(limit)} are kept free: plans leave them to others.
        </p>
      )}
      {free === 0 && (
        <Callout tone="warning" title={`Full: all ${formatNumber(limit)} places are taken.`} className="mt-3">
          New indicators wait until something expires or is removed.
        </Callout>
      )}
    </div>
  );
};
