import { CalendarClock } from "lucide-react";

import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import { FieldGroup, FormActions } from "@/components/forms/field-group";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { defaultDaysOf, type DefaultEnd } from "@/lib/domain/indicator/default-end";
import { END_KINDS } from "@/lib/domain/indicator/end-kinds";

type Props = { team: string; rule: DefaultEnd; action: FormAction };

/** How long what the team adds stays valid when nobody says, kind by kind. */
export const DefaultEndDialog = ({ team, rule, action }: Props) => (
  <Dialog
    trigger={
      <>
        <CalendarClock aria-hidden />
        Default validity
      </>
    }
    title="Default validity"
    description="How long what your team adds stays valid when nobody says otherwise. It holds for what is added from now on and is shown on the form each time."
  >
    <ActionForm action={action} label="Default validity" closesDialog>
      <HiddenFields values={{ team }} />
      <FieldGroup legend="Days, blank for no end" columns={2}>
        {END_KINDS.map(({ name, words, types: [first] }) => (
          <Field key={name} name={name} label={words.charAt(0).toUpperCase() + words.slice(1)}>
            <Input
              isMono
              inputMode="numeric"
              placeholder="no end"
              defaultValue={String(defaultDaysOf(rule, first) ?? "")}
            />
          </Field>
        ))}
      </FieldGroup>
      <FormStatus />
      <FormActions>
        <SubmitButton pendingLabel="Saving">Save</SubmitButton>
      </FormActions>
    </ActionForm>
  </Dialog>
);
