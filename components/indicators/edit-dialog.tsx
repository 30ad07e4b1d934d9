import { Pencil } from "lucide-react";

import { ActionForm } from "@/components/forms/action-form";
import { FormActions } from "@/components/forms/field-group";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Dialog } from "@/components/ui/dialog";

import { SharedFields, type EndRule, type EntryFacts } from "./shared-fields";

type Props = { team: string; id: string; entry: EntryFacts; end: EndRule; action: FormAction };

/** Changes what the team's own list says of a value; what feeds say of it stays theirs. */
export const EditDialog = ({ team, id, entry, end, action }: Props) => (
  <Dialog
    trigger={
      <>
        <Pencil aria-hidden />
        Edit
      </>
    }
    title="Edit what your team says"
    description="The entry of your team’s own list. What feeds say of the value stays theirs."
    width="lg"
  >
    <ActionForm action={action} label="Edit the entry" closesDialog>
      <HiddenFields values={{ team, indicatorId: id }} />
      <SharedFields end={end} entry={entry} legend="This entry" />
      <FormStatus />
      <FormActions>
        <SubmitButton pendingLabel="Saving">Save</SubmitButton>
      </FormActions>
    </ActionForm>
  </Dialog>
);
