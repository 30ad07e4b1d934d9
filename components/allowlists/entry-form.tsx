"use client";

import { ShieldQuestion } from "lucide-react";
import { startTransition, useActionState, useRef, useState } from "react";

import { ActionForm } from "@/components/forms/action-form";
import { askAction } from "@/components/forms/ask-action";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardFooter, CardHeader } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { IDLE, type ActionState } from "@/lib/actions/state";
import type { AllowlistEffect, AllowlistMatch } from "@/lib/domain/screening/allowlist";

import { EntriesFileButton } from "./entries-file-button";
import { parseAddedEntries, parseCheckedEntries, type AddedEntries } from "./entry-answers";
import { EntryCheckPanel } from "./entry-check-panel";
import { MATCH_LABELS } from "./effect-words";

type Props = {
  values: Readonly<Record<string, string>>;
  match: AllowlistMatch;
  effect: AllowlistEffect;
  addAction: FormAction;
  checkAction: FormAction;
};

/** Adds entries to a list, with a look at what they would meet before anything is saved. */
export const EntryForm = ({ values, match, effect, addAction, checkAction }: Props) => {
  const box = useRef<HTMLTextAreaElement>(null);
  const [added, setAdded] = useState<AddedEntries | null>(null);
  const [check, ask, isPending] = useActionState(
    async (_before: ActionState, form: FormData | null): Promise<ActionState> =>
      form === null ? IDLE : askAction(checkAction, form, "The check"),
    IDLE,
  );
  const clear = (): void => {
    setAdded(null);
    startTransition(() => {
      ask(null);
    });
  };
  const checked = check.status === "done" ? parseCheckedEntries(check.data) : null;
  const refused = added?.results.filter(({ outcome }) => outcome === "known" || outcome === "rejected") ?? [];

  return (
    <Card>
      <ActionForm
        action={addAction}
        label="Add entries"
        resetsOnDone
        onDone={({ data }) => {
          clear();
          setAdded(parseAddedEntries(data));
        }}
        className="space-y-0"
      >
        <CardHeader title="Add entries" description={MATCH_LABELS[match].hint} />
        <CardBody className="space-y-4">
          <HiddenFields values={values} />
          <div>
            <Field name="values" label="Entries" hint="One a line." required>
              <Textarea ref={box} isMono rows={4} placeholder={PLACEHOLDERS[match]} onChange={clear} />
            </Field>
            <EntriesFileButton
              onRead={(entries) => {
                if (box.current === null) return;
                box.current.value = entries;
                clear();
              }}
            />
          </div>
          <Field name="comment" label="Why they must not be blocked" required>
            <Input placeholder="Our mail gateway; ticket 4711" />
          </Field>
          <Field name="until" label="Until" hint="The end of this day, UTC. Blank: no end.">
            <Input type="date" />
          </Field>
          <FormStatus />
          {check.status === "invalid" && (
            <Callout
              tone="danger"
              title={Object.values(check.fields).flat()[0] ?? "That cannot be checked."}
            />
          )}
          {check.status === "failed" && <Callout tone="danger" role="alert" title={check.message} />}
          {checked !== null && <EntryCheckPanel checked={checked} effect={effect} />}
          {refused.length > 0 && (
            <ul aria-label="Not added" className="divide-line divide-y text-sm">
              {refused.map(({ value, reason }) => (
                <li key={value} className="py-1.5">
                  <span className="font-mono break-all">{value}</span>
                  <span className="text-muted block text-xs">{reason}</span>
                </li>
              ))}
            </ul>
          )}
        </CardBody>
        <CardFooter>
          <SubmitButton pendingLabel="Adding" disabled={checked === null}>
            Add to the list
          </SubmitButton>
          <Button
            disabled={isPending}
            onClick={({ currentTarget: { form } }) => {
              if (form === null) return;
              const data = new FormData(form);
              startTransition(() => {
                ask(data);
              });
            }}
          >
            <ShieldQuestion aria-hidden />
            What would it do?
          </Button>
          {checked === null && (
            <p className="text-muted text-sm">Look first at what it would meet; then it can be added.</p>
          )}
        </CardFooter>
      </ActionForm>
    </Card>
  );
};

const PLACEHOLDERS: Readonly<Record<AllowlistMatch, string>> = {
  hostname: "example.com\npartner.example",
  cidr: "198.51.100.0/24\n2001:db8::/32",
  string: "44d88612fea8a8f36de82e1278abb02f",
  substring: "/our-company/",
  regex: "^https://[a-z]+\\.example\\.com/",
};
