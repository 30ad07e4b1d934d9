import { Callout } from "@/components/ui/callout";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import type { PlanFit } from "@/lib/domain/delivery/plan-fit";

/** Whether what a plan adds has room at its destination, before anything is sent. */
export const PlanFitNote = ({ fit }: { fit: PlanFit }) => {
  const { limit, free, needed, freed, warning } = fit;
  if (needed === 0) return null;
  if (warning !== null)
    return (
      <Callout tone="warning" title="Not everything fits." role="note">
        {warning}
      </Callout>
    );
  if (free === null)
    return (
      <Callout tone="info" title={`It needs ${formatCount(needed, "place")}.`} role="note">
        How many of {formatNumber(limit)} are free is <strong>not visible</strong> to this application. What
        does not fit is refused one by one, with a receipt; the rest is sent.
      </Callout>
    );
  return (
    <p className="text-muted text-sm">
      It needs {formatCount(needed, "place")}; {formatNumber(free)} of {formatNumber(limit)} are free
      {freed > 0 && <>, and removing gives back {formatNumber(freed)}</>}.
    </p>
  );
};
