import { defangText } from "@/components/indicators/defang-text";
import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { defang } from "@/lib/domain/indicator/defang";
import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";
import type { AllowlistEffect } from "@/lib/domain/screening/allowlist";

import type { CheckedEntries } from "./entry-answers";
import { EntryFates } from "./entry-fates";

/** What entries would meet of what is live: how much, of which types, where it stands, and some of it. */
export const EntryCheckPanel = ({
  checked: { matched, isPartial, byType, destinations, samples, entries },
  effect,
}: {
  checked: CheckedEntries;
  effect: AllowlistEffect;
}) => (
  <div role="status" className="space-y-3">
    <Callout
      role="note"
      tone={matched > 0 ? "warning" : "info"}
      title={
        matched === 0 && !isPartial
          ? "Nothing that is live now would come under it"
          : titleOf(matched, isPartial, effect)
      }
    >
      {matched > 0 && (
        <p>
          {byType
            .map(({ type, count }) => `${formatNumber(count)} × ${INDICATOR_TYPE_LABELS[type]}`)
            .join(", ")}
          .{" "}
          {destinations.length === 0
            ? "None of them stands at a destination."
            : `Of them stand ${destinations.map(({ connector, count }) => `${formatNumber(count)} at ${connector}`).join(", ")}.`}
        </p>
      )}
    </Callout>
    {samples.length > 0 && (
      <ul aria-label="Some of what it would meet" className="divide-line divide-y text-sm">
        {samples.map(({ id, type, value, reason }) => (
          <li key={id} className="py-1.5">
            <span className="font-mono break-all">{defang(type, value)}</span>
            <span className="text-muted block text-xs">{defangText(reason)}</span>
          </li>
        ))}
      </ul>
    )}
    <EntryFates entries={entries} />
  </div>
);

const titleOf = (matched: number, isPartial: boolean, effect: AllowlistEffect): string => {
  const what = `${isPartial ? "At least " : ""}${formatCount(matched, "live indicator")}`;
  const end = isPartial ? ": the team has more than could be looked at in a few seconds" : "";
  if (effect === "stop") return `${what} would be withdrawn${end}`;
  return effect === "audit-only"
    ? `${what} would be sent as Audit at most${end}`
    : `${what} would carry a warning${end}`;
};
