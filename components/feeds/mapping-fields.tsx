"use client";

import { useState } from "react";

import { SwitchField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { RadioGroup } from "@/components/forms/radio-group";
import { Disclosure } from "@/components/ui/disclosure";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { CSV_COLUMN_ROLES } from "@/lib/domain/feed/csv-settings";

import { COLUMN_WORDS } from "./column-words";
import { DelimiterField } from "./delimiter-field";
import type { CsvValues, FeedFormValues } from "./feed-form-values";

const KINDS = [
  { value: "csv", label: "CSV list", hint: "Rows with columns, or one value a line." },
  { value: "freetext", label: "Text list", hint: "Any text: every indicator in it is found." },
] as const;

const ENCODINGS = [
  { value: "auto", label: "Found by itself" },
  { value: "utf-8", label: "UTF-8" },
  { value: "utf-16le", label: "UTF-16 LE" },
  { value: "windows-1252", label: "Windows-1252 (Latin)" },
  { value: "iso-8859-2", label: "ISO 8859-2 (Central European)" },
  { value: "windows-1251", label: "Windows-1251 (Cyrillic)" },
  { value: "shift_jis", label: "Shift JIS" },
  { value: "gbk", label: "GBK" },
] as const;

type Kind = FeedFormValues["kind"];
type Props = {
  kind: Kind;
  onKind: (kind: Kind) => void;
  /** A saved feed keeps its kind. */
  isKindFixed: boolean;
  csv: CsvValues;
  onCsv: (csv: CsvValues) => void;
  exclusionRegex: string;
};

/** How bytes become values: the format and, for a table, which column is what. */
export const MappingFields = ({ kind, onKind, isKindFixed, csv, onCsv, exclusionRegex }: Props) => (
  <div className="space-y-4">
    {isKindFixed ? (
      <input type="hidden" name="kind" value={kind} />
    ) : (
      <RadioGroup
        name="kind"
        legend="Format"
        isBoxed
        options={KINDS}
        defaultValue={kind}
        onValueChange={(value) => {
          onKind(value === "freetext" ? "freetext" : "csv");
        }}
      />
    )}
    {kind === "csv" && <TableFields csv={csv} onCsv={onCsv} />}
    <div className="grid grid-cols-2 gap-4">
      <Field name="csv.commentPrefixes" label="Comments begin with" hint="Several by blanks.">
        <Input
          isMono
          value={csv.commentPrefixes}
          onChange={(event) => {
            onCsv({ ...csv, commentPrefixes: event.currentTarget.value });
          }}
        />
      </Field>
      <Field name="csv.encoding" label="Encoding" hint="Only for lists whose letters come out wrong.">
        <Select
          options={withOption(csv.encoding)}
          value={csv.encoding}
          onChange={(event) => {
            onCsv({ ...csv, encoding: event.currentTarget.value });
          }}
        />
      </Field>
    </div>
    <Field
      name="exclusionRegex"
      label="Leave out"
      hint="A regular expression (RE2). Values that match are counted as excluded and not stored."
    >
      <Input isMono defaultValue={exclusionRegex} placeholder="^https:" />
    </Field>
  </div>
);

const TableFields = ({ csv, onCsv }: Pick<Props, "csv" | "onCsv">) => {
  const withColumn = (role: string, column: string): CsvValues => ({
    ...csv,
    columns: { ...csv.columns, [role]: column },
  });
  const named = CSV_COLUMN_ROLES.filter((role) => (csv.columns[role] ?? "") !== "").length;
  // Decided once: a list that closes while its last field is emptied would take the field away.
  const [isOpenAtStart] = useState(named > 0);
  return (
    <>
      <Field
        name="csv.valueColumns"
        label="Value columns"
        hint="Numbers from 1, or names in the header row. Empty: every cell that reads as an indicator."
      >
        <Input
          isMono
          value={csv.valueColumns}
          onChange={(event) => {
            onCsv({ ...csv, valueColumns: event.currentTarget.value });
          }}
        />
      </Field>
      <DelimiterField
        value={csv.delimiter}
        onChange={(delimiter) => {
          onCsv({ ...csv, delimiter });
        }}
      />
      <SwitchField
        name="csv.header"
        label="The first row holds names"
        hint="It is not read as data; columns can then be given by name."
        checked={csv.header}
        onChange={(event) => {
          onCsv({ ...csv, header: event.currentTarget.checked });
        }}
      />
      <Disclosure
        summary={`Other columns${named === 0 ? "" : ` (${String(named)} set)`}`}
        isOpen={isOpenAtStart}
      >
        <div className="grid grid-cols-2 gap-x-4 gap-y-3">
          {CSV_COLUMN_ROLES.map((role) => (
            <Field
              key={role}
              name={`csv.columns.${role}`}
              label={COLUMN_WORDS[role].label}
              hint={COLUMN_WORDS[role].hint}
            >
              <Input
                isMono
                placeholder="none"
                value={csv.columns[role] ?? ""}
                onChange={(event) => {
                  onCsv(withColumn(role, event.currentTarget.value));
                }}
              />
            </Field>
          ))}
        </div>
      </Disclosure>
    </>
  );
};

// One that came by the API stays in the list.
const withOption = (encoding: string) =>
  ENCODINGS.some(({ value }) => value === encoding)
    ? ENCODINGS
    : [...ENCODINGS, { value: encoding, label: encoding }];
