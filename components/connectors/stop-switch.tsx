import { ActionButton } from "@/components/forms/action-button";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { Callout } from "@/components/ui/callout";
import { RelativeTime } from "@/components/ui/relative-time";
import { Textarea } from "@/components/ui/textarea";

type Stop = { at: Date; by: string; reason: string };

/** Says that nothing is sent, who decided so and why. */
export const StopNote = ({ stop, where }: { stop: Stop; where: string }) => (
  <Callout tone="danger" title={`Nothing is sent ${where}.`} role="note">
    {stop.by} switched sending off <RelativeTime at={stop.at} />: {stop.reason} What is under way waits, and
    goes on by itself when sending is switched on again.
  </Callout>
);

type Props = {
  stop: Stop | null;
  /** What is sent nothing then: "Defender Contoso", "any destination". */
  to: string;
  stopAction: FormAction;
  startAction: FormAction;
  values?: Readonly<Record<string, string>>;
};

/** Switches sending off within the second, and on again. */
export const StopSwitch = ({ stop, to, stopAction, startAction, values = {} }: Props) =>
  stop ? (
    <ActionButton action={startAction} values={values} variant="primary">
      Switch sending on
    </ActionButton>
  ) : (
    <ConfirmDialog
      trigger="Stop sending"
      variant="danger-quiet"
      title={`Stop sending to ${to}?`}
      confirmLabel="Stop sending"
      action={stopAction}
      values={values}
      fields={
        <Field name="reason" label="Reason" hint="Shown to whoever waits, and kept in the audit." required>
          <Textarea rows={2} />
        </Field>
      }
    >
      <p>
        Within a second nothing more leaves, recalls and withdrawals included. What stands there stays. A
        request that has already left is still answered.
      </p>
    </ConfirmDialog>
  );
