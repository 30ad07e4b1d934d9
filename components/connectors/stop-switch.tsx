import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { Callout } from "@/components/ui/callout";
import { formatCount } from "@/components/ui/format-number";
import { RelativeTime } from "@/components/ui/relative-time";
import { Textarea } from "@/components/ui/textarea";

type Stop = { at: Date; by: string; reason: string };

/** What was applied and has not left. */
type Waiting = { pushes: number; items: number };

type NoteProps = {
  stop: Stop;
  where: string;
  waiting: Waiting;
  /** Who ends it, and where, in a sentence. */
  howToEnd: string;
};

/** Says that nothing is sent, who decided so and why, what waits for it, and how it ends. */
export const StopNote = ({ stop, where, waiting, howToEnd }: NoteProps) => (
  <Callout tone="danger" title={`Nothing is sent ${where}.`} role="note">
    <p>
      {stop.by} switched sending off <RelativeTime at={stop.at} />. Reason: “{stop.reason}”
    </p>
    <p>{sayWaiting(waiting)}</p>
    <p>{howToEnd}</p>
  </Callout>
);

const sayWaiting = ({ pushes, items }: Waiting): string =>
  pushes === 0
    ? "Nothing waits to leave now; what is applied from now on does."
    : `${formatCount(pushes, "push", "pushes")} with ${formatCount(items, "item")} ${pushes === 1 ? "waits" : "wait"}, and ${pushes === 1 ? "goes" : "go"} on by ${pushes === 1 ? "itself" : "themselves"} when sending is switched on again. ${INSTEAD}`;

const INSTEAD = "To have something else sent instead, apply a new plan: it takes the place of what waits.";

type Props = {
  stop: Stop | null;
  waiting: Waiting;
  /** What is sent nothing then: "Defender Contoso", "any destination". */
  to: string;
  /** It is one connector's, whose records others may share. */
  isOne?: boolean;
  stopAction: FormAction;
  startAction: FormAction;
  values?: Readonly<Record<string, string>>;
};

/** Switches sending off within the second, and on again. */
export const StopSwitch = (props: Props) => {
  const { stop, waiting, to, isOne = false, stopAction, startAction, values = {} } = props;
  return stop ? (
    <ConfirmDialog
      trigger="Switch sending on"
      variant="primary"
      isDangerous={false}
      title={`Send to ${to} again?`}
      confirmLabel="Switch it on"
      action={startAction}
      values={values}
    >
      <p>
        {stop.by} switched it off <RelativeTime at={stop.at} />: “{stop.reason}”
      </p>
      <p>
        {waiting.pushes === 0
          ? "Nothing waits to leave."
          : `${formatCount(waiting.pushes, "push", "pushes")} with ${formatCount(waiting.items, "item")} ${waiting.pushes === 1 ? "goes" : "go"} on at once.`}{" "}
        What was recalled or withdrawn meanwhile is looked at with every batch. What was planned before a
        connector was changed is not sent: it needs a new plan.
      </p>
    </ConfirmDialog>
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
      {isOne && (
        <p>
          If only nothing new is to be planned and applied, an owner can press “Pause” under Settings instead.
        </p>
      )}
      {isOne && (
        <p>
          Its own pushes stop. A record that another connector wants as well may still be rewritten or taken
          away for that one, with this one’s application; only an administrator’s stop of all sending stops
          that, too.
        </p>
      )}
    </ConfirmDialog>
  );
};
