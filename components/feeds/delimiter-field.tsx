"use client";

import { useState } from "react";

import { Field } from "@/components/forms/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

import { DELIMITERS } from "./delimiter-words";

type Props = { value: string; onChange: (value: string) => void };

const OTHER = "other";
const OPTIONS = [...DELIMITERS, { value: OTHER, label: "Other …" }];

/** What separates cells: one of the usual, or whatever is typed. */
export const DelimiterField = ({ value, onChange }: Props) => {
  const isUsual = DELIMITERS.some((delimiter) => delimiter.value === value);
  const [isOther, setIsOther] = useState(!isUsual);
  return (
    <Field name="csv.delimiter" label="Cells are separated by">
      {isOther ? (
        <Input
          isMono
          autoFocus={isUsual}
          value={value}
          onChange={(event) => {
            onChange(event.currentTarget.value);
          }}
          onBlur={() => {
            setIsOther(!isUsual);
          }}
        />
      ) : (
        <Select
          options={OPTIONS}
          value={value}
          onChange={(event) => {
            if (event.currentTarget.value === OTHER) setIsOther(true);
            else onChange(event.currentTarget.value);
          }}
        />
      )}
    </Field>
  );
};
