import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { Input } from "@/components/ui/input";

type Props = {
  team: string;
  hold: { id: string; subject: string; until: Date | null };
  action: FormAction;
};

/** Asks until when something is held back. */
export const HoldEndDialog = ({ team, hold: { id, subject, until }, action }: Props) => (
  <ConfirmDialog
    trigger="Change its end"
    variant="secondary"
    size="sm"
    isDangerous={false}
    title={`Until when is ${subject} held back?`}
    confirmLabel="Save its end"
    action={action}
    values={{ team, withheldId: id }}
    fields={
      <Field name="until" label="Until" hint="The end of this day, UTC. Blank: until somebody lifts it.">
        <Input type="date" defaultValue={until?.toISOString().slice(0, 10)} />
      </Field>
    }
  >
    <p>When its end comes it lifts itself: what is still vouched for goes out again with the next plan.</p>
  </ConfirmDialog>
);
