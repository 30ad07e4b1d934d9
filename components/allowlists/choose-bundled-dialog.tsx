import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { BUNDLED_EFFECTS, type BundledEffect } from "@/lib/domain/screening/allowlist-input";

import { BUNDLED_LABELS } from "./effect-words";

type Props = {
  team: string;
  list: { id: string; name: string; effect: BundledEffect };
  action: FormAction;
};

/** Asks what a list that comes with the product shall do in the team, and why. */
export const ChooseBundledDialog = ({ team, list, action }: Props) => (
  <ConfirmDialog
    trigger={
      <>
        Change<span className="sr-only"> {list.name}</span>
      </>
    }
    size="sm"
    title={list.name}
    confirmLabel="Save"
    isDangerous={false}
    action={action}
    values={{ team, list: list.id }}
    fields={
      <div className="space-y-4">
        <Field name="effect" label="What it does in your team">
          <Select
            defaultValue={list.effect}
            options={BUNDLED_EFFECTS.map((value) => ({ value, label: BUNDLED_LABELS[value] }))}
          />
        </Field>
        <Field name="reason" label="Reason" hint="Kept beside the list and in the audit." required>
          <Textarea rows={2} />
        </Field>
      </div>
    }
  >
    <p>
      All of the team’s values are screened anew; what changes goes to the destinations with the next plan.
    </p>
  </ConfirmDialog>
);
