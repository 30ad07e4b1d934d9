import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { SubmitButton } from "@/components/forms/submit-button";
import { Input } from "@/components/ui/input";
import type { Retention } from "@/lib/domain/feed/retention";

/** How long what feeds brought and what was sent is kept: changed here for all teams. */
export const RetentionForm = ({ retention, action }: { retention: Retention; action: FormAction }) => (
  <ActionForm action={action} label="What is kept">
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      <Field
        name="generations"
        label="Generations"
        hint="What the last so many of each feed fetched is kept, however old."
        required
      >
        <Input type="number" min={2} max={1_000} defaultValue={retention.generations} />
      </Field>
      <Field
        name="bodyDays"
        label="Fetched content, days"
        hint="Whatever is younger is kept, too: to look at rows, to compare runs."
        required
      >
        <Input type="number" min={1} max={3_650} defaultValue={retention.bodyDays} />
      </Field>
      <Field name="runDays" label="Runs, days" hint="Their counts and rejected rows." required>
        <Input type="number" min={30} max={3_650} defaultValue={retention.runDays} />
      </Field>
      <Field
        name="attributionDays"
        label="Ended entries, days"
        hint="Who vouched for a value before. No longer than runs."
        required
      >
        <Input type="number" min={1} max={3_650} defaultValue={retention.attributionDays} />
      </Field>
      <Field
        name="pushDays"
        label="Pushes, days"
        hint="What became of each value sent, and the plans. The newest of a connector stay."
        required
      >
        <Input type="number" min={30} max={3_650} defaultValue={retention.pushDays} />
      </Field>
    </div>
    <p className="text-muted text-sm">
      What is live, what waits for a person and uploaded files are always kept.
    </p>
    <FormStatus />
    <SubmitButton>Save</SubmitButton>
  </ActionForm>
);
