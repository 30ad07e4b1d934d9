import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Select } from "@/components/ui/select";
import { EFFECTS, type AllowlistEffect } from "@/lib/domain/screening/allowlist";

import { EFFECT_LABELS } from "./effect-words";

type Props = { values: Readonly<Record<string, string>>; effect: AllowlistEffect; action: FormAction };

/** Changes what a list does to what is on it. */
export const SetEffectForm = ({ values, effect, action }: Props) => (
  <ActionForm action={action} label="Effect of the list">
    <HiddenFields values={values} />
    <Field name="effect" label="Effect">
      <Select
        defaultValue={effect}
        options={EFFECTS.map((value) => ({ value, label: EFFECT_LABELS[value] }))}
      />
    </Field>
    <FormStatus />
    <SubmitButton variant="secondary" pendingLabel="Saving">
      Change the effect
    </SubmitButton>
  </ActionForm>
);
