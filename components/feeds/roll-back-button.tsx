"use client";

import { Undo2 } from "lucide-react";

import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import type { FormAction } from "@/components/forms/form-action";
import { ReachLines } from "@/components/recalls/reach-lines";
import { useReach } from "@/components/recalls/use-reach";
import { formatCount, formatNumber } from "@/components/ui/format-number";

import type { ShownRun } from "./shown-run";

type Props = {
  team: string;
  /** The live run. */
  run: ShownRun;
  /** The number of the generation before it; null: none. */
  previousNumber: number | null;
  action: FormAction;
  checkAction: FormAction;
};

/** Leaves the live run for the one before it, after saying how many values come and go. */
export const RollBackButton = ({ team, run, previousNumber, action, checkAction }: Props) => {
  const values = { team, runId: run.id };
  const reach = useReach(checkAction, values);
  const { added, changed, removed } = run.counts;
  return (
    <ConfirmDialog
      trigger={
        <>
          <Undo2 aria-hidden />
          Roll back
        </>
      }
      title={
        previousNumber === null
          ? `Leave run ${formatNumber(run.number)}, the first of this feed?`
          : `Leave run ${formatNumber(run.number)} and go back to run ${formatNumber(previousNumber)}?`
      }
      confirmLabel="Roll back this run"
      action={action}
      values={values}
      onOpen={reach.ask}
      count={reach.count}
    >
      <p>
        {formatCount(added, "value")} that it brought {added === 1 ? "leaves" : "leave"},{" "}
        {formatNumber(removed)} that it removed {removed === 1 ? "comes" : "come"} back,{" "}
        {formatNumber(changed)} that it changed {changed === 1 ? "is" : "are"} as before. What another feed of
        your team vouches for stays.
      </p>
      <p>
        What that changes at destinations is planned at once. While the source gives the same content, the
        next runs are held for you.
      </p>
      <ReachLines reach={reach} none="Nothing of what leaves stands at a destination." />
    </ConfirmDialog>
  );
};
