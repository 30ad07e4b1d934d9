import { Badge } from "@/components/ui/badge";
import { formatNumber } from "@/components/ui/format-number";
import { lowerFirst } from "@/components/ui/lower-first";
import type { Tone } from "@/components/ui/tone";
import type { Preview } from "@/lib/domain/feed/preview";
import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";

import { reasonLabel } from "./reason-words";

/** The values of a preview by type, and those that became nothing by reason. */
export const PreviewCounts = ({ counts }: { counts: Preview["counts"] }) => {
  const rest = [
    ["duplicate", counts.duplicate, "neutral"],
    ["kept in by the built-in allowlist", counts.allowlisted, "warning"],
  ] as const satisfies readonly (readonly [string, number, Tone])[];
  return (
    <ul aria-label="Counts" className="flex flex-wrap gap-1.5">
      {byCount(counts.byType).map(([type, count]) => (
        <CountBadge key={type} tone="success" count={count} label={typeLabel(type)} />
      ))}
      {rest.map(([label, count, tone]) => (
        <CountBadge key={label} tone={tone} count={count} label={label} />
      ))}
      {byCount(counts.excludedByReason).map(([code, count]) => (
        <CountBadge
          key={code}
          tone="neutral"
          count={count}
          label={`excluded: ${lowerFirst(reasonLabel(code))}`}
        />
      ))}
      {byCount(counts.rejectedByReason).map(([code, count]) => (
        <CountBadge
          key={code}
          tone="danger"
          count={count}
          label={`rejected: ${lowerFirst(reasonLabel(code))}`}
        />
      ))}
    </ul>
  );
};

const CountBadge = ({ tone, count, label }: { tone: Tone; count: number; label: string }) =>
  count === 0 ? null : (
    <li>
      <Badge tone={tone}>
        <span className="tabular-nums">{formatNumber(count)}</span> {label}
      </Badge>
    </li>
  );

const byCount = (counts: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(counts).sort(([, one], [, other]) => other - one);

const TYPE_LABELS: Readonly<Record<string, string>> = INDICATOR_TYPE_LABELS;
const typeLabel = (type: string): string => TYPE_LABELS[type] ?? type;
