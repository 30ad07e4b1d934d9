"use client";

import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import type { FormAction } from "@/components/forms/form-action";

import { ReachLines } from "./reach-lines";
import { useReach } from "./use-reach";

type Props = { team: string; recallId: string; action: FormAction; checkAction: FormAction };

/** Asks before a recall ends, with what comes back and where it stood. */
export const LiftRecallDialog = ({ team, recallId, action, checkAction }: Props) => {
  const values = { team, recallId };
  const reach = useReach(checkAction, values);
  return (
    <ConfirmDialog
      trigger="Lift"
      title="Lift this recall?"
      confirmLabel="Lift it"
      action={action}
      values={values}
      onOpen={reach.ask}
      count={reach.count}
    >
      <p>
        What feeds still vouch for becomes active again within a minute, and then goes to the destinations
        with the next plan.
      </p>
      <ReachLines reach={reach} none="None of it stood at a destination." />
    </ConfirmDialog>
  );
};
