import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { Textarea } from "@/components/ui/textarea";

type Props = {
  what: string;
  /** How widely it is seen, in a sentence; null where nobody was told. */
  seen: string | null;
  /** On which devices it would be blocked: "on all devices". */
  where: string;
  action: FormAction;
  values: Readonly<Record<string, string>>;
};

/** Asks for the reason why a value may be blocked although the gate keeps it in. */
export const LetThrough = ({ what, seen, where, action, values }: Props) => (
  <ConfirmDialog
    trigger="Let through"
    size="sm"
    variant="secondary"
    title={<span className="wrap-anywhere">Block {what} all the same?</span>}
    confirmLabel="Let through"
    action={action}
    values={values}
    fields={
      <Field name="reason" label="Reason" hint="Shown with your name, and kept in the audit." required>
        <Textarea rows={2} />
      </Field>
    }
  >
    <p>{seen ?? "Nobody knows on how many devices it is seen."}</p>
    <p>
      From the next plan on it is blocked as the connector’s settings say, {where}. It can be taken back on
      the connector’s page.
    </p>
  </ConfirmDialog>
);
