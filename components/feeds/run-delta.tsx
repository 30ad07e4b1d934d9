import { Count } from "@/components/ui/count";
import { None } from "@/components/ui/key-value";

import type { ShownRun } from "./shown-run";

/** What a run added and removed: "+312 −4". A run that changed nothing says 0; one that was not applied says nothing. */
export const RunDelta = ({ run }: { run: Pick<ShownRun, "state" | "counts"> | null }) => {
  if (run === null || (run.state !== "succeeded" && run.state !== "unchanged"))
    return <None label="not applied" />;
  const { added, removed } = run.counts;
  if (added === 0 && removed === 0) return <Count value={0} className="text-muted" />;
  return (
    <span className="inline-flex gap-2">
      {added > 0 && <Count value={added} isDelta className="text-success" />}
      {removed > 0 && <Count value={-removed} isDelta className="text-danger" />}
    </span>
  );
};
