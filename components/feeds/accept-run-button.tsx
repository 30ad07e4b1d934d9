import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import type { FormAction } from "@/components/forms/form-action";
import { formatCount, formatNumber } from "@/components/ui/format-number";

import { heldSize, type ShownRun } from "./shown-run";

type Props = {
  team: string;
  run: ShownRun;
  /** How many of the feed's indicators are live now. */
  liveCount: number;
  action: FormAction;
  trigger: string;
  variant: "primary" | "secondary";
};

/** Makes a run live that a guard held, once its two sizes are confirmed. */
export const AcceptRunButton = ({ team, run, liveCount, action, trigger, variant }: Props) => {
  const size = heldSize(run.counts);
  return (
    <ConfirmDialog
      trigger={trigger}
      variant={variant}
      title={`Make run ${formatNumber(run.number)} live with ${formatCount(size, "indicator")}?`}
      confirmLabel="Accept this size"
      isDangerous={false}
      action={action}
      values={{ team, runId: run.id }}
    >
      <p>
        What the source no longer holds leaves with the next plan, as the feed’s removal policy says; so up to{" "}
        {formatNumber(liveCount)} leave and {formatNumber(size)} stay or come.
      </p>
      <p>
        Nothing is sent to a destination before a plan is applied. The next runs are measured by this size.
      </p>
    </ConfirmDialog>
  );
};
