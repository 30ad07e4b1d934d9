import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { CheckboxField } from "@/components/forms/choice";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";

type Props = {
  team: string;
  /** Which: `{ feed: id }`, `{ run: id }` or `{ everything: "true" }`. */
  values: Readonly<Record<string, string>>;
  trigger: string;
  /** "everything of Abuse list", in the middle of a sentence. */
  what: string;
  action: FormAction;
  /** An administrator may choose every team that takes the feed. */
  canBeEverywhere?: boolean;
};

const UNTIL_HINT = "The end of this day, UTC. Blank: until somebody lifts it.";

/** Holds back what a feed, a run or the team vouches for, and plans to take back what stands of it. */
export const WithholdDialog = ({ team, values, trigger, what, action, canBeEverywhere = false }: Props) => (
  <ConfirmDialog
    trigger={trigger}
    variant="danger-quiet"
    title={`Withdraw ${what}?`}
    confirmLabel="Withdraw"
    action={action}
    values={{ team, ...values }}
    fields={
      <>
        <Field name="reason" label="Reason" hint="Shown on every plan, and kept in the audit." required>
          <Textarea rows={2} />
        </Field>
        <Field name="until" label="Until" hint={UNTIL_HINT}>
          <Input type="date" />
        </Field>
        {canBeEverywhere && (
          <CheckboxField name="everywhere" value="true" label="In every team that takes this feed, too" />
        )}
      </>
    }
  >
    <p>
      From now on nothing of it is sent, until its end comes or somebody lifts it. Each connector gets a plan
      that takes back what stands of it at Microsoft: review and apply it; it goes before all other pushes. An
      automatic connector applies what is within its limits at once.
    </p>
    <p>What another feed of the team also vouches for stays.</p>
  </ConfirmDialog>
);
