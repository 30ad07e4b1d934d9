"use client";

import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { RadioGroup } from "@/components/forms/radio-group";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { TLP_LABELS, TLPS } from "@/lib/domain/indicator/tlp";

import { Disclosure } from "@/components/ui/disclosure";

import type { FeedFormValues } from "./feed-form-values";
import { GuardFields } from "./guard-fields";
import { ScheduleFields } from "./schedule-fields";

const REMOVALS = [
  { value: "mirror", label: "Mirror", hint: "Gone at the source, gone here with the next plan." },
  { value: "expire", label: "Let expire", hint: "Gone at the source, it lives out its days here." },
  { value: "keep", label: "Keep", hint: "It stays until you withdraw it or it ends as stated." },
] as const;

const SHARING = [
  { value: "team", label: "This team only" },
  { value: "everyone", label: "Other teams may subscribe" },
] as const;

/** What is done with the values: when they come, how long they stay, how far they may go. */
export const PolicyFields = ({ values, hasSchedule }: { values: FeedFormValues; hasSchedule: boolean }) => (
  <div className="space-y-6">
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-4">
      {hasSchedule && <ScheduleFields values={values} />}
      <Field
        name="shrinkLimitPercent"
        label="Hold when it shrinks by more than (%)"
        hint="Such a run waits for a person; the last good one stays live. 100 switches it off."
      >
        <Input isMono inputMode="numeric" defaultValue={values.shrinkLimitPercent} />
      </Field>
      <Field
        name="confidence"
        label="Confidence"
        hint="0 to 100, for rows that state none. Connectors can ask for a minimum."
      >
        <Input isMono inputMode="numeric" defaultValue={values.confidence} />
      </Field>
      <Field
        name="tlp"
        label="TLP"
        hint="How far it may go. Above a connector's ceiling nothing of it leaves."
      >
        <Select options={TLP_OPTIONS} defaultValue={values.tlp} />
      </Field>
    </div>
    <RadioGroup
      name="removal"
      legend="When a value leaves the source"
      options={REMOVALS}
      defaultValue={values.removal}
      className="[&>div]:grid [&>div]:gap-2 [&>div]:space-y-0 lg:[&>div]:grid-cols-3"
    />
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-4">
      <Field
        name="graceRuns"
        label="Missing for so many runs (mirror)"
        hint="0: gone with the first good run that lacks it."
      >
        <Input isMono inputMode="numeric" defaultValue={values.graceRuns} />
      </Field>
      <Field
        name="expiryDays"
        label="Lives on for (days, let expire)"
        hint="Empty: by type, 30 for addresses to 365 for hashes."
      >
        <Input isMono inputMode="numeric" defaultValue={values.expiryDays} placeholder="by type" />
      </Field>
      <Field
        name="expiryDaysByType"
        label="Other days for single types"
        hint="By comma, such as: ipv4 7, domain 30."
      >
        <Input isMono defaultValue={values.expiryDaysByType} placeholder="ipv4 7, domain 30" />
      </Field>
      <Field name="expireFrom" label="Counted from" hint="When the source last held it, or first.">
        <Select options={EXPIRY_BASES} defaultValue={values.expireFrom} />
      </Field>
      <Field name="tags" label="Tags" hint="One a line. Added to every value, beside those of its row.">
        <Textarea rows={2} wrap="off" defaultValue={values.tags} />
      </Field>
      <Field
        name="visibility"
        label="Who may use it"
        hint="Others only ever see what they subscribe to; nothing enters their set by itself."
      >
        <Select options={SHARING} defaultValue={values.visibility} />
      </Field>
    </div>
    <CheckboxField
      name="storeOnly"
      label="Store, never push"
      hint="Searchable and part of every trace; no connector takes it, nor one of a team that subscribes to it. MISP calls this “override IDS flag”."
      defaultChecked={values.storeOnly}
    />
    <Disclosure summary="Guards and limits">
      <GuardFields values={values} />
    </Disclosure>
  </div>
);

const EXPIRY_BASES = [
  { value: "lastSeen", label: "Last seen" },
  { value: "firstSeen", label: "First seen" },
];

const TLP_OPTIONS = TLPS.map((tlp) => ({ value: tlp, label: TLP_LABELS[tlp] }));
