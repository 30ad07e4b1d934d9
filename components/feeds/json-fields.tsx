"use client";

import { SwitchField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { Disclosure } from "@/components/ui/disclosure";
import { Input } from "@/components/ui/input";
import type { JsonFieldRole } from "@/lib/domain/feed/json-settings";

import { COLUMN_WORDS } from "./column-words";
import type { JsonValues } from "./feed-form-values";

type Props = { json: JsonValues; onJson: (json: JsonValues) => void };

/** Where in a JSON answer the values lie, by JMESPath. */
export const JsonFields = ({ json, onJson }: Props) => {
  const set = Object.values(json.fields).filter((path) => path !== "").length;
  return (
    <>
      <Field
        name="json.list"
        label="List"
        hint="JMESPath to the list of items, such as data.indicators. @ is the document itself."
      >
        <Input
          isMono
          value={json.list}
          onChange={(event) => {
            onJson({ ...json, list: event.currentTarget.value });
          }}
        />
      </Field>
      <Field
        name="json.value"
        label="Value"
        hint="In an item, such as ioc or hashes.sha256. A list gives several values."
      >
        <Input
          isMono
          value={json.value}
          onChange={(event) => {
            onJson({ ...json, value: event.currentTarget.value });
          }}
        />
      </Field>
      <SwitchField
        name="json.isLines"
        label="One document on each line"
        hint="Line-delimited JSON: each line is an item."
        checked={json.isLines}
        onChange={(event) => {
          onJson({ ...json, isLines: event.currentTarget.checked });
        }}
      />
      <Disclosure summary={`Other fields${set === 0 ? "" : ` (${String(set)} set)`}`} isOpen={set > 0}>
        <div className="grid grid-cols-2 gap-x-4 gap-y-3">
          {ROLES.map((role) => (
            <Field key={role} name={`json.fields.${role}`} label={COLUMN_WORDS[role].label}>
              <Input
                isMono
                placeholder="none"
                value={json.fields[role] ?? ""}
                onChange={(event) => {
                  onJson({ ...json, fields: { ...json.fields, [role]: event.currentTarget.value } });
                }}
              />
            </Field>
          ))}
        </div>
      </Disclosure>
    </>
  );
};

// The roles of columns and of JSON fields are the same; the schema's own list would bring its parser into the browser.
const ROLES = Object.keys(COLUMN_WORDS) as readonly JsonFieldRole[];
