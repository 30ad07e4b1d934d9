import { Undo2 } from "lucide-react";

import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { RECALL_KINDS } from "@/lib/domain/screening/recall";

import { RecallReachButton } from "./recall-reach";
import { KIND_WORDS } from "./recall-words";

type Props = {
  team: string;
  action: FormAction;
  checkAction: FormAction;
  /** What is to be recalled; without it a person types it in. */
  target?: string | undefined;
};

/** Asks what is to be taken back, how far, why and until when. */
export const RecallDialog = ({ team, action, checkAction, target }: Props) => (
  <ConfirmDialog
    trigger={
      <>
        <Undo2 aria-hidden />
        Recall
      </>
    }
    variant={target === undefined ? "primary" : "danger-quiet"}
    title="Recall everywhere"
    confirmLabel="Recall it now"
    action={action}
    values={{ team }}
    fields={
      <div className="space-y-4">
        <Field
          name="target"
          label="Value, domain or network"
          hint="In any spelling, defanged or not."
          required
        >
          <Input isMono defaultValue={target} />
        </Field>
        <Field name="kind" label="How far">
          <Select
            defaultValue="value"
            options={RECALL_KINDS.map((value) => ({ value, label: KIND_WORDS[value] }))}
          />
        </Field>
        <RecallReachButton action={checkAction} />
        <Field name="reason" label="Reason" hint="Kept in the audit, for whoever asks later." required>
          <Textarea rows={2} />
        </Field>
        <Field name="until" label="Until" hint="The end of this day, UTC. Blank: until somebody lifts it.">
          <Input type="date" />
        </Field>
      </div>
    }
  >
    <p>
      It is withdrawn here at once and removed at every destination of the team before all other traffic,
      whatever the connectors’ mode. No feed brings it back while the recall stands.
    </p>
  </ConfirmDialog>
);
