"use client";

import { Field } from "@/components/forms/field";
import { RadioGroup } from "@/components/forms/radio-group";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { TLP_LABELS, TLPS } from "@/lib/domain/indicator/tlp";

import type { FeedFormValues } from "./feed-form-values";
import { describeSchedule, SCHEDULES } from "./schedule-words";

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
export const PolicyFields = ({ values }: { values: FeedFormValues }) => (
  <div className="space-y-6">
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-4">
      <Field
        name="everyMinutes"
        label="Fetch"
        hint="Starts are spread a little, so that feeds do not all begin at once."
      >
        <Select options={scheduleOptions(values.everyMinutes)} defaultValue={values.everyMinutes} />
      </Field>
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
        name="expiryDays"
        label="Lives on for (days)"
        hint="Only where it is let expire: counted from when it left the source. Empty: 30."
      >
        <Input isMono inputMode="numeric" defaultValue={values.expiryDays} placeholder="30" />
      </Field>
      <Field
        name="tags"
        label="Tags"
        hint="By comma. Added to every value, beside those of its row."
        className="xl:col-span-2"
      >
        <Input defaultValue={values.tags} />
      </Field>
      <Field
        name="visibility"
        label="Who may use it"
        hint="Others only ever see what they subscribe to; nothing enters their set by itself."
      >
        <Select options={SHARING} defaultValue={values.visibility} />
      </Field>
    </div>
  </div>
);

const TLP_OPTIONS = TLPS.map((tlp) => ({ value: tlp, label: TLP_LABELS[tlp] }));

const scheduleOptions = (current: string) => {
  const minutes = SCHEDULES.map(String);
  const all = current === "" || minutes.includes(current) ? minutes : [current, ...minutes];
  return [
    ...all.map((value) => ({ value, label: describeSchedule(Number(value)) })),
    { value: "", label: describeSchedule(null) },
  ];
};
