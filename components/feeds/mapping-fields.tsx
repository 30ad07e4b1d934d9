"use client";

import { useState } from "react";

import { SwitchField } from "@/components/forms/choice";
import { Field } from "@/components/forms/field";
import { Disclosure } from "@/components/ui/disclosure";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { CSV_COLUMN_ROLES } from "@/lib/domain/feed/csv-settings";

import { COLUMN_WORDS } from "./column-words";
import { DelimiterField } from "./delimiter-field";
import type { CsvValues, FeedFormValues, JsonValues } from "./feed-form-values";
import { mappingOf, type FormKind } from "./form-kinds";
import { JsonFields } from "./json-fields";
import { MispFields } from "./misp-fields";
import { TaxiiFields } from "./taxii-fields";

const ENCODINGS = [
  { value: "auto", label: "Found by itself" },
  { value: "utf-8", label: "UTF-8" },
  { value: "utf-16le", label: "UTF-16 LE" },
  { value: "windows-1252", label: "Windows-1252, Latin-1" },
  { value: "macintosh", label: "Mac Roman" },
  { value: "utf-16be", label: "UTF-16 BE" },
  { value: "iso-8859-2", label: "ISO 8859-2 (Central European)" },
  { value: "windows-1251", label: "Windows-1251 (Cyrillic)" },
  { value: "shift_jis", label: "Shift JIS" },
  { value: "gbk", label: "GBK" },
] as const;

type Props = {
  kind: FormKind;
  format: FeedFormValues["format"];
  onFormat: (format: FeedFormValues["format"]) => void;
  csv: CsvValues;
  onCsv: (csv: CsvValues) => void;
  json: JsonValues;
  onJson: (json: JsonValues) => void;
  values: FeedFormValues;
};

/** How bytes become values: the format and, for a table, which column is what. */
export const MappingFields = ({ kind, format, onFormat, csv, onCsv, json, onJson, values }: Props) => {
  const mapping = mappingOf(kind, format);
  const isText = mapping === "csv" || mapping === "freetext";
  return (
    <div className="space-y-4">
      {kind === "upload" && (
        <Field name="format" label="Read it as">
          <Select
            options={UPLOAD_FORMATS}
            value={format}
            onChange={(event) => {
              const wanted = event.currentTarget.value;
              onFormat(wanted === "json" || wanted === "freetext" ? wanted : "csv");
            }}
          />
        </Field>
      )}
      {mapping === "csv" && <TableFields csv={csv} onCsv={onCsv} />}
      {mapping === "json" && <JsonFields json={json} onJson={onJson} />}
      {(kind === "misp-feed" || kind === "misp-server") && (
        <MispFields isServer={kind === "misp-server"} values={values.misp} />
      )}
      {kind === "taxii" && <TaxiiFields values={values.taxii} />}
      {isText && <TextFields csv={csv} onCsv={onCsv} />}
      <Field
        name="exclusionRegex"
        label="Leave out"
        hint="A regular expression (RE2). Values that match are counted as excluded and not stored."
      >
        <Input isMono defaultValue={values.exclusionRegex} placeholder="^https:" />
      </Field>
      {(isText || mapping === "json") && (
        <Field
          name="zipEntry"
          label="File in a zip archive"
          hint="Where an archive holds several; a name, or a pattern with *."
        >
          <Input isMono defaultValue={values.zipEntry} placeholder="the only one" />
        </Field>
      )}
    </div>
  );
};

const UPLOAD_FORMATS = [
  { value: "csv", label: "CSV list" },
  { value: "freetext", label: "Text list" },
  { value: "json", label: "JSON" },
];

const TextFields = ({ csv, onCsv }: Pick<Props, "csv" | "onCsv">) => (
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
