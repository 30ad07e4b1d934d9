"use client";

import { useState } from "react";

import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import {
  ACTION_GLOSSARY,
  ACTION_OPTIONS,
  SEVERITIES,
  type Action,
  type Severity,
} from "@/lib/domain/connector/actions";
import type { DefaultEnd } from "@/lib/domain/indicator/default-end";
import { TLP_LABELS, TLPS, type Tlp } from "@/lib/domain/indicator/types";

import { describeEnd, formatDay } from "./validity-words";

const SEVERITY_OPTIONS = SEVERITIES.map((value) => ({ value, label: value }));
const TLP_OPTIONS = TLPS.map((value) => ({ value, label: TLP_LABELS[value] }));
const EXPIRIES = [
  { value: "none", label: "No end" },
  { value: "1", label: "In a day" },
  { value: "7", label: "In a week" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];

/** How long what the team adds stays valid by its own rule, and the moment from which that is counted on this page. */
export type EndRule = { rule: DefaultEnd; at: string };

/** What an entry of the list says now, where it is changed. */
export type EntryFacts = {
  comment: string;
  confidence: number;
  tlp: Tlp;
  tags: readonly string[];
  validUntil: Date | null;
  action: Action | null;
  severity: Severity | null;
};

type Props = { end: EndRule; legend?: string; entry?: EntryFacts };

/** What all added values share, or what one entry says. Everything left alone follows the list's own settings. */
export const SharedFields = ({ end, legend = "For all of them", entry }: Props) => (
  <FieldGroup legend={legend} columns={2}>
    <Field
      name="comment"
      label="Comment"
      hint="Goes along to the destination: the ticket, the incident, why."
      className="sm:col-span-2"
    >
      <Input placeholder="TeamA" maxLength={1_000} defaultValue={entry?.comment} />
    </Field>
    <ExpiryField end={end} entry={entry} />
    <Field name="tlp" label="TLP" hint="How far it may go.">
      <Select placeholder="As the list says" options={TLP_OPTIONS} defaultValue={entry?.tlp} />
    </Field>
    <Field name="confidence" label="Confidence" hint="0 to 100.">
      <Input
        isMono
        inputMode="numeric"
        placeholder="as the list says"
        defaultValue={entry && String(entry.confidence)}
      />
    </Field>
    <Field name="tags" label="Tags" hint="Several by comma.">
      <Input defaultValue={entry?.tags.join(", ")} />
    </Field>
    <Field
      name="action"
      label="Action at Defender"
      hint={`A wish; the connector has the last word. ${ACTION_GLOSSARY}`}
    >
      <Select
        placeholder="As the connector says"
        options={ACTION_OPTIONS}
        defaultValue={entry?.action ?? undefined}
      />
    </Field>
    <Field name="severity" label="Alert severity" hint="A wish, as the action is.">
      <Select
        placeholder="As the connector says"
        options={SEVERITY_OPTIONS}
        defaultValue={entry?.severity ?? undefined}
      />
    </Field>
  </FieldGroup>
);

const ExpiryField = ({ end, entry }: { end: EndRule; entry: EntryFacts | undefined }) => {
  const [choice, setChoice] = useState(entry === undefined ? "" : currentEnd(entry));
  const kept =
    entry?.validUntil == null
      ? []
      : [{ value: currentEnd(entry), label: `As it is: ${formatDay(entry.validUntil)}` }];
  return (
    <Field
      name="expiryDays"
      label="Valid"
      hint={describeEnd(choice, end.rule, new Date(end.at)).map((sentence) => (
        <span key={sentence} className="block">
          {sentence}
        </span>
      ))}
      className="sm:col-span-2"
    >
      <Select
        placeholder="By your team’s default"
        options={[...kept, ...EXPIRIES]}
        defaultValue={choice}
        onChange={({ currentTarget }) => {
          setChoice(currentTarget.value);
        }}
      />
    </Field>
  );
};

const currentEnd = ({ validUntil }: EntryFacts): string => validUntil?.toISOString() ?? "none";
