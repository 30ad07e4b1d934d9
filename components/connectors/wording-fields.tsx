"use client";

import { Fragment, useState } from "react";

import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import { useFieldErrors } from "@/components/forms/form-context";
import { Input } from "@/components/ui/input";
import { KeyValueList } from "@/components/ui/key-value";
import { Textarea } from "@/components/ui/textarea";
import type { MergedRecord } from "@/lib/domain/delivery/merge-claims";
import { findOverlong, recordTexts, traceLink } from "@/lib/domain/delivery/record-texts";
import {
  descriptionTemplateSchema,
  findTemplateFaults,
  PLACEHOLDERS,
  titleTemplateSchema,
  USUAL_TEMPLATES,
} from "@/lib/domain/delivery/templates";

type Props = {
  team: { slug: string; name: string };
  initial: { title: string; description: string };
  limits: { title: number; description: number };
  /** Of the installation, for the link in the example. */
  appUrl: string;
};

/** How alerts and indicators read: two templates with what comes of them, as they are typed. Empty ones mean the usual text. */
export const WordingFields = ({ team, initial, limits, appUrl }: Props) => {
  const [title, setTitle] = useState(initial.title);
  const [description, setDescription] = useState(initial.description);
  const [good, setGood] = useState(initial);
  const answered = {
    title: useFieldErrors("titleTemplate"),
    description: useFieldErrors("descriptionTemplate"),
  };
  const problems = {
    title: problemOf(titleTemplateSchema, title, { appUrl, most: limits.title }),
    description: problemOf(descriptionTemplateSchema, description, { appUrl, most: limits.description }),
  };
  // What is wrong has no example: that of the last text that was right stays.
  const templates = {
    title: orUsual(problems.title === null ? title : good.title),
    description: orUsual(problems.description === null ? description : good.description),
  };
  const link = traceLink(appUrl, "…");
  const shown = recordTexts("domain", { ...exampleOf(team), templates }, link, limits);

  return (
    <FieldGroup
      legend="How it reads in the portal"
      hint={
        <>
          Empty: the usual text. In braces:{" "}
          {Object.entries(PLACEHOLDERS).map(([name, meaning]) => (
            <span key={name} title={meaning}>
              <code className="text-xs">{`{${name}}`}</code>{" "}
            </span>
          ))}
          stand for what the record holds. A feed of the team alone is named only while no other team wants
          the same indicator.
        </>
      }
    >
      <Field name="titleTemplate" label="Title" errors={problems.title ?? answered.title}>
        <Input
          value={title}
          placeholder={USUAL_TEMPLATES.title}
          onChange={({ currentTarget: { value } }) => {
            if (problems.title === null) setGood({ ...good, title });
            setTitle(value);
          }}
        />
      </Field>
      <Field
        name="descriptionTemplate"
        label="Description"
        errors={problems.description ?? answered.description}
      >
        <Textarea
          rows={3}
          value={description}
          placeholder={USUAL_TEMPLATES.description}
          onChange={({ currentTarget: { value } }) => {
            if (problems.description === null) setGood({ ...good, description });
            setDescription(value);
          }}
        />
      </Field>
      <div aria-live="polite" className="rounded-lg border px-3">
        <KeyValueList
          entries={[
            {
              label: "Example: title",
              value: shown.title,
              hint: problems.title ? <Unfit template={title} /> : lengthOf(shown.title, limits.title),
            },
            {
              label: "Example: description",
              value: shown.description,
              hint: problems.description ? (
                <Unfit template={description} />
              ) : (
                lengthOf(shown.description, limits.description)
              ),
            },
          ]}
        />
      </div>
    </FieldGroup>
  );
};

type Schema = typeof titleTemplateSchema;

/** What is wrong with a template, or null; an empty one means the usual text. */
const problemOf = (
  schema: Schema,
  text: string,
  { appUrl, most }: { appUrl: string; most: number },
): readonly string[] | null => {
  if (text.trim() === "") return null;
  const { error, data } = schema.safeParse(text);
  if (error) return [...new Set(error.issues.map(({ message }) => message))];
  const overlong = findOverlong(data, appUrl, most);
  return overlong === null ? null : [overlong];
};

const orUsual = (text: string): string | null => (text.trim() === "" ? null : text.trim());

/** A template that is wrong, with what is wrong of it marked; the example beside it is of what was right before. */
const Unfit = ({ template }: { template: string }) => {
  const faults = findTemplateFaults(template);
  const ends = faults.map(({ at, text }) => at + text.length);
  return (
    <>
      As it last was right.{" "}
      {faults.length === 0 ? "The text above is not, and says why." : "Marked is what is not:"}
      {faults.length > 0 && (
        <span className="mt-0.5 block font-mono break-words whitespace-pre-wrap">
          {faults.map(({ at, text }, place) => (
            <Fragment key={at}>
              {template.slice(ends[place - 1] ?? 0, at)}
              <mark className="bg-danger-tint text-danger rounded-sm underline decoration-wavy">{text}</mark>
            </Fragment>
          ))}
          {template.slice(ends.at(-1) ?? 0)}
        </span>
      )}
    </>
  );
};

const lengthOf = (text: string, most: number): string =>
  `${String(text.length)} of ${String(most)} characters; where it would be more, the sources’ words are shortened.`;

const exampleOf = (team: Props["team"]): MergedRecord => ({
  action: "Audit",
  severity: "Medium",
  expiresAt: new Date(0),
  confidence: 85,
  tlp: 3,
  teams: [team, { slug: "other", name: "Another team" }],
  feeds: ["Microsoft COVID-19"],
  networks: [],
  threatTypes: ["Malware"],
  comments: ["Seen in an attachment"],
  tags: ["covid-19"],
});
