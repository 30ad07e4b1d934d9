import { Plus } from "lucide-react";

import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import { FormActions } from "@/components/forms/field-group";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { EFFECTS, MATCHES, type AllowlistMatch } from "@/lib/domain/screening/allowlist";

import { EFFECT_LABELS, MATCH_LABELS } from "./effect-words";

/** Makes a list; its entries come on its own page. */
export const NewListDialog = ({ team, action }: { team: string; action: FormAction }) => (
  <Dialog
    trigger={
      <>
        <Plus aria-hidden />
        New list
      </>
    }
    variant="primary"
    title="New allowlist"
    description="Entries come next, with a look at what each would withdraw before it is saved."
  >
    <ActionForm action={action} label="New allowlist">
      <HiddenFields values={{ team }} />
      <Field name="name" label="Name" required>
        <Input placeholder="Our own domains" />
      </Field>
      <Field name="match" label="Compares" hint="Fixed once the list is made.">
        <Select
          defaultValue="hostname"
          options={ORDER.map((value) => ({ value, label: MATCH_LABELS[value].label }))}
        />
      </Field>
      <Field name="effect" label="Effect" hint="Can be changed later.">
        <Select
          defaultValue="stop"
          options={EFFECTS.map((value) => ({ value, label: EFFECT_LABELS[value] }))}
        />
      </Field>
      <FormStatus />
      <FormActions>
        <SubmitButton pendingLabel="Making it">Make the list</SubmitButton>
      </FormActions>
    </ActionForm>
  </Dialog>
);

/** What is wanted most comes first. */
const ORDER = MATCHES.toSorted((one, other) => rank(one) - rank(other));

function rank(match: AllowlistMatch): number {
  return match === "hostname" ? 0 : match === "cidr" ? 1 : 2;
}
