"use client";

import { useState } from "react";

import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import { Input } from "@/components/ui/input";
import { KeyValueList } from "@/components/ui/key-value";
import { Textarea } from "@/components/ui/textarea";
import type { MergedRecord } from "@/lib/domain/delivery/merge-claims";
import { recordTexts } from "@/lib/domain/delivery/record-texts";
import {
  descriptionTemplateSchema,
  PLACEHOLDERS,
  titleTemplateSchema,
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
  const templates = {
    title: titleTemplateSchema.safeParse(title).success ? title.trim() : null,
    description: descriptionTemplateSchema.safeParse(description).success ? description.trim() : null,
  };
  const link = `${appUrl}/indicators/…`;
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
      <Field name="titleTemplate" label="Title" hint={problemOf(titleTemplateSchema, title)}>
        <Input
          value={title}
          placeholder="[{team} {others}] {feeds} · {type} · {confidence}"
          onChange={(event) => {
            setTitle(event.currentTarget.value);
          }}
        />
      </Field>
      <Field
        name="descriptionTemplate"
        label="Description"
        hint={problemOf(descriptionTemplateSchema, description)}
      >
        <Textarea
          rows={3}
          value={description}
          placeholder="{threat}: {comment}. Feeds: {feeds}. {link}"
          onChange={(event) => {
            setDescription(event.currentTarget.value);
          }}
        />
      </Field>
      <div aria-live="polite" className="rounded-lg border px-3">
        <KeyValueList
          entries={[
            { label: "Example: title", value: shown.title, hint: lengthOf(shown.title, limits.title) },
            {
              label: "Example: description",
              value: shown.description,
              hint: lengthOf(shown.description, limits.description),
            },
          ]}
        />
      </div>
    </FieldGroup>
  );
};

type Schema = typeof titleTemplateSchema;

const problemOf = (schema: Schema, text: string): string | undefined =>
  text.trim() === "" ? undefined : schema.safeParse(text).error?.issues[0]?.message;

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
