import { formatCount, formatNumber } from "@/components/ui/format-number";

import type { EntryFate } from "./entry-answers";

/** More than that nobody reads; how many there are is said above. */
const SHOWN = 100;

/** What would become of entries: how many of each fate, and those of which nothing or something else comes. */
export const EntryFates = ({ entries }: { entries: readonly EntryFate[] }) => {
  const count = (outcome: EntryFate["outcome"]) => entries.filter((one) => one.outcome === outcome).length;
  const others = entries.filter(({ outcome }) => outcome !== "added");
  return (
    <div className="space-y-2">
      <p className="text-sm">
        {formatCount(entries.length, "entry", "entries")}:{" "}
        {[
          `${formatNumber(count("added"))} new`,
          `${formatNumber(count("changed"))} with another end`,
          `${formatNumber(count("known"))} there already`,
          `${formatNumber(count("rejected"))} refused`,
        ].join(", ")}
        .
      </p>
      {others.length > 0 && (
        <ul
          aria-label="Entries that would not be added as they are"
          className="divide-line max-h-80 divide-y overflow-y-auto text-sm"
          // A list that scrolls must be reachable by keyboard.
          tabIndex={0}
        >
          {others.slice(0, SHOWN).map(({ value, outcome, reason }, index) => (
            <li key={`${String(index)} ${value}`} className="py-1.5">
              <span className="font-mono break-all">{value}</span>
              <span className={`block text-xs ${outcome === "rejected" ? "text-danger" : "text-muted"}`}>
                {reason ?? "It stands there with another end, which it would take."}
              </span>
            </li>
          ))}
          {others.length > SHOWN && (
            <li className="text-muted py-1.5">{`And ${formatNumber(others.length - SHOWN)} more.`}</li>
          )}
        </ul>
      )}
    </div>
  );
};
