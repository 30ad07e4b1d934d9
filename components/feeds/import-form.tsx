"use client";

import { useRef, useState } from "react";
import { z } from "zod";

import { ActionForm } from "@/components/forms/action-form";
import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { FormActions } from "@/components/forms/field-group";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Badge } from "@/components/ui/badge";
import { Textarea } from "@/components/ui/textarea";
import { TextLink } from "@/components/ui/text-link";

const importedSchema = z.array(
  z.object({
    name: z.string(),
    outcome: z.enum(["added", "skipped", "rejected"]),
    reason: z.string().nullable(),
    notes: z.array(z.string()),
    id: z.string().nullable(),
  }),
);
type Imported = z.output<typeof importedSchema>;

type Props = { team: string; action: FormAction };

/** Takes definitions in MISP's form, and says of each what became of it. */
export const ImportForm = ({ team, action }: Props) => {
  const [imported, setImported] = useState<Imported>([]);
  const definitions = useRef<HTMLTextAreaElement>(null);
  return (
    <ActionForm
      action={action}
      label="Import feeds"
      onDone={({ data }) => {
        setImported(importedSchema.safeParse(data).data ?? []);
      }}
      className="space-y-4"
    >
      <HiddenFields values={{ team }} />
      <Field name="json" label="Definitions" hint="JSON: a list of feeds, or a single one." required>
        <Textarea
          ref={definitions}
          isMono
          rows={6}
          placeholder={'[{ "Feed": { "name": "…", "url": "…" } }]'}
        />
      </Field>
      <label className="text-muted block text-sm">
        <span className="mr-2">Or from a file:</span>
        <input
          type="file"
          accept=".json,application/json"
          aria-label="File with definitions"
          className="text-ink max-w-full text-sm"
          onChange={({ currentTarget: { files } }) => {
            void files?.[0]?.text().then((text) => {
              if (definitions.current) definitions.current.value = text;
            });
          }}
        />
      </label>
      <CheckboxField
        name="keepsEnabled"
        label="Fetch at once what was enabled there"
        hint="Otherwise all come paused, so that you can look at each first."
      />
      <FormStatus />
      <FormActions>
        <SubmitButton pendingLabel="Importing">Import</SubmitButton>
      </FormActions>
      {imported.length > 0 && (
        <ul aria-label="What became of each definition" className="divide-y text-sm">
          {imported.map(({ name, outcome, reason, notes, id }, index) => (
            <li
              key={`${String(index)} ${name}`}
              className="flex flex-wrap items-baseline gap-x-2 gap-y-1 py-2"
            >
              <Badge>{OUTCOMES[outcome]}</Badge>
              {id === null ? name : <TextLink href={`/t/${team}/feeds/${id}`}>{name}</TextLink>}
              {[...(reason === null ? [] : [reason]), ...notes].map((sentence) => (
                <p key={sentence} className="text-muted basis-full text-xs">
                  {sentence}
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
    </ActionForm>
  );
};

const OUTCOMES = { added: "Added", skipped: "Skipped", rejected: "Not taken" } as const;
