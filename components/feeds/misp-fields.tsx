"use client";

import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { Disclosure } from "@/components/ui/disclosure";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";

import { MISP_LISTS, type MispList, type MispValues } from "./feed-form-values";

type Props = { isServer: boolean; values: MispValues };

/** Which of MISP's events and attributes are wanted. What is left out is counted with its reason. */
export const MispFields = ({ isServer, values }: Props) => (
  <>
    <CheckboxField
      name="misp.toIdsOnly"
      label="Only attributes meant for detection (to_ids)"
      hint="The others are context: names, references, addresses of victims."
      defaultChecked={values.toIdsOnly}
    />
    <div className="grid grid-cols-2 gap-4">
      <Field name="misp.publishedOnly" label="Events" hint="Drafts may still change.">
        <Select options={isServer ? SERVER_EVENTS : FEED_EVENTS} defaultValue={values.publishedOnly} />
      </Field>
      <Field name="misp.maxAgeDays" label="Changed within (days)" hint="Empty: all events.">
        <Input isMono inputMode="numeric" defaultValue={values.maxAgeDays} placeholder="all" />
      </Field>
    </div>
    {MISP_LISTS.map((list) => (
      <Disclosure key={list} summary={summaryOf(list, values)} isOpen={isSet(values[list])}>
        <div className="grid grid-cols-2 gap-4">
          <Field name={`misp.${list}.allow`} label="Only these" hint={WORDS[list].hint}>
            <Textarea isMono rows={3} defaultValue={values[list].allow} placeholder={WORDS[list].example} />
          </Field>
          <Field name={`misp.${list}.block`} label="Not these" hint="One a line; % stands for any text.">
            <Textarea isMono rows={3} defaultValue={values[list].block} />
          </Field>
        </div>
      </Disclosure>
    ))}
    {isServer && (
      <Disclosure summary="Further parameters of restSearch" isOpen={values.filters !== ""}>
        <Field
          name="misp.filters"
          label="Parameters"
          hint="JSON, such as misp2sentinel's misp_event_filters. Paging, order and time are set by Sluice."
        >
          <Textarea
            isMono
            rows={4}
            defaultValue={values.filters}
            placeholder={'{ "enforceWarninglist": true }'}
          />
        </Field>
      </Disclosure>
    )}
  </>
);

const SERVER_EVENTS = [
  { value: "", label: "Published ones" },
  { value: "false", label: "Drafts, too" },
];
const FEED_EVENTS = [
  { value: "", label: "All of the feed" },
  { value: "true", label: "Published ones" },
];

const WORDS: Readonly<Record<MispList, { label: string; hint: string; example: string }>> = {
  tags: { label: "Tags", hint: "Of an event or an attribute. One a line.", example: "tlp:green" },
  orgs: { label: "Organisations", hint: "By name or UUID. One a line.", example: "CIRCL" },
  categories: { label: "Categories", hint: "One a line.", example: "Network activity" },
  types: { label: "Attribute types", hint: "One a line.", example: "ip-dst" },
};

const isSet = ({ allow, block }: { allow: string; block: string }): boolean => allow !== "" || block !== "";

const summaryOf = (list: MispList, values: MispValues): string =>
  `${WORDS[list].label}${isSet(values[list]) ? " (set)" : ""}`;
