"use client";

import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import type { FormAction } from "@/components/forms/form-action";

import { ReachLines } from "./reach-lines";
import { useReach } from "./use-reach";

type Props = {
  team: string;
  hold: { id: string; subject: string };
  action: FormAction;
  checkAction: FormAction;
};

/** Asks before something that is held back may be sent again, with how much that is and where. */
export const LiftHoldDialog = ({ team, hold: { id, subject }, action, checkAction }: Props) => {
  const values = { team, withheldId: id };
  const reach = useReach(checkAction, values);
  return (
    <ConfirmDialog
      trigger="Lift"
      variant="secondary"
      size="sm"
      title={`Let ${subject} be sent again?`}
      confirmLabel="Lift it"
      action={action}
      values={values}
      onOpen={reach.ask}
      count={reach.count}
    >
      <p>
        What is still vouched for goes out again with the next plan, which is made at once; where a tenant is
        full, that plan says what has a place. Plans that would take it back, and that nobody applied yet, are
        void.
      </p>
      <ReachLines reach={reach} none="Nothing of it is to be sent to a destination now." />
    </ConfirmDialog>
  );
};
