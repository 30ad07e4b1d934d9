import { Badge } from "@/components/ui/badge";
import { formatNumber } from "@/components/ui/format-number";

import type { ListedValue } from "./value-list";

/** How many values went each way, in one line. */
export const ValueSummary = ({ label, values }: { label: string; values: readonly ListedValue[] }) => {
  const counts = new Map<ListedValue["look"], number>();
  for (const { look } of values) counts.set(look, (counts.get(look) ?? 0) + 1);
  return (
    <ul aria-label={label} className="flex flex-wrap gap-1.5">
      {[...counts].map(([look, count]) => (
        <li key={look.word}>
          <Badge tone={look.tone} icon={<look.icon aria-hidden />}>
            <span className="tabular-nums">{formatNumber(count)}</span> {look.word.toLowerCase()}
          </Badge>
        </li>
      ))}
    </ul>
  );
};
