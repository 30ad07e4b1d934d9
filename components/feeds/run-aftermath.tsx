import { Count } from "@/components/ui/count";

import type { RunCounts, ShownRun } from "./shown-run";

/** What a run changed beyond its own rows: what the source no longer holds, and what is live now. */
export const RunAftermath = ({ counts, state }: { counts: RunCounts; state: ShownRun["state"] }) => {
  if (state !== "succeeded") return null;
  return (
    <dl className="grid grid-cols-1 gap-3 sm:grid-cols-2">
      <Figure
        label="Removed"
        value={counts.removed}
        meaning="Live before and no longer in the list; they leave with the next plan."
      />
      <Figure
        label="Active after this run"
        value={counts.active}
        meaning="What this feed vouches for now, allowlisted ones left out."
      />
    </dl>
  );
};

const Figure = ({ label, value, meaning }: { label: string; value: number; meaning: string }) => (
  <div className="bg-surface shadow-card rounded-lg border px-4 py-3">
    <dt className="text-muted text-sm">{label}</dt>
    <dd className="mt-0.5">
      <Count value={value} className="text-xl font-semibold" />
      <span className="text-muted mt-0.5 block text-xs">{meaning}</span>
    </dd>
  </div>
);
