"use client";

import { useState } from "react";

import { CheckboxField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { Disclosure } from "@/components/ui/disclosure";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { ACTION_OPTIONS, isAction, isSeverity, SEVERITIES } from "@/lib/domain/connector/actions";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorRule } from "@/lib/domain/connector/rule-input";
import { INDICATOR_TYPE_LABELS, INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { readLines } from "@/lib/domain/names/read-lines";

import { feedOptions, type ShownFeed } from "./feed-options";

type Props = {
  name: string;
  kind: ConnectorKind;
  feeds: readonly ShownFeed[];
  rule: ConnectorRule;
  onChange: (rule: ConnectorRule) => void;
};

/** When a rule fits and what it gives; one below the other where the screen is narrow. */
export const RuleFields = ({ name, kind, feeds, rule, onChange }: Props) => {
  const { when } = rule;
  const [tags, setTags] = useState(when.tags?.join("\n") ?? "");
  const [groups, setGroups] = useState(rule.deviceGroups?.join("\n") ?? "");
  const setWhen = (change: Partial<ConnectorRule["when"]>) => {
    onChange({ ...rule, when: { ...when, ...change } });
  };

  return (
    <div className="mt-2 grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-4">
      <Choices
        name={`${name}.types`}
        what="Types"
        options={INDICATOR_TYPES.map((type) => ({ value: type, label: INDICATOR_TYPE_LABELS[type] }))}
        chosen={when.types ?? []}
        onChange={(chosen) => {
          const types = INDICATOR_TYPES.filter((type) => chosen.includes(type));
          setWhen({ types: types.length === 0 ? null : types });
        }}
      />
      <Choices
        name={`${name}.feeds`}
        what="Feeds"
        options={feedOptions(feeds, when.feeds ?? [])}
        chosen={when.feeds ?? []}
        onChange={(chosen) => {
          setWhen({ feeds: chosen.length === 0 ? null : [...chosen] });
        }}
      />
      <Field name={`${name}.minConfidence`} label="Confidence at least" hint="Empty: any.">
        <Input
          type="number"
          min={1}
          max={100}
          value={when.minConfidence ?? ""}
          onChange={({ target }) => {
            setWhen({ minConfidence: readNumber(target.value) });
          }}
        />
      </Field>
      <Field name={`${name}.tags`} label="Tagged" hint="One a line, any of them; % stands for any text.">
        <Textarea
          isMono
          rows={2}
          value={tags}
          onChange={({ target }) => {
            setTags(target.value);
            setWhen({ tags: readNames(target.value) });
          }}
        />
      </Field>
      {kind === "defender" && (
        <>
          <Field name={`${name}.action`} label="Action">
            <Select
              placeholder="as above"
              options={ACTION_OPTIONS}
              value={rule.action ?? ""}
              onChange={({ target }) => {
                onChange({ ...rule, action: isAction(target.value) ? target.value : null });
              }}
            />
          </Field>
          <Field name={`${name}.severity`} label="Alert severity">
            <Select
              placeholder="as above"
              options={SEVERITIES.map((severity) => ({ value: severity, label: severity }))}
              value={rule.severity ?? ""}
              onChange={({ target }) => {
                onChange({ ...rule, severity: isSeverity(target.value) ? target.value : null });
              }}
            />
          </Field>
          <Field
            name={`${name}.deviceGroups`}
            label="Device groups"
            hint="One a line, spelled as in Defender. Empty: the connector’s own."
          >
            <Textarea
              rows={2}
              value={groups}
              onChange={({ target }) => {
                setGroups(target.value);
                onChange({ ...rule, deviceGroups: readNames(target.value) });
              }}
            />
          </Field>
        </>
      )}
      <Field name={`${name}.expiryDays`} label="Days it stays" hint="Empty: as above.">
        <Input
          type="number"
          min={1}
          max={3_650}
          value={rule.expiryDays ?? ""}
          onChange={({ target }) => {
            onChange({ ...rule, expiryDays: readNumber(target.value) });
          }}
        />
      </Field>
    </div>
  );
};

type ChoicesProps = {
  name: string;
  what: string;
  options: readonly { value: string; label: string }[];
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
};

const Choices = ({ name, what, options, chosen, onChange }: ChoicesProps) => (
  <Disclosure
    className="min-w-0"
    summary={`${what}: ${chosen.length === 0 ? "all" : `${String(chosen.length)} chosen`}`}
  >
    <fieldset className="max-h-60 min-w-0 space-y-1.5 overflow-y-auto">
      <legend className="sr-only">{what}</legend>
      {options.map(({ value, label }) => (
        <CheckboxField
          key={value}
          name={name}
          value={value}
          label={label}
          checked={chosen.includes(value)}
          onChange={({ target }) => {
            onChange(target.checked ? [...chosen, value] : chosen.filter((other) => other !== value));
          }}
        />
      ))}
    </fieldset>
  </Disclosure>
);

/** What is no number is nothing; the form's own schema judges the rest. */
const readNumber = (text: string): number | null => {
  const number = Number(text);
  return text.trim() === "" || Number.isNaN(number) ? null : number;
};

/** One a line; none: null. */
const readNames = (text: string): string[] | null => {
  const given = readLines(text);
  return given.length === 0 ? null : given;
};
