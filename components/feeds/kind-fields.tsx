"use client";

import { RadioGroup } from "@/components/forms/radio-group";

import { FORM_KINDS, toFormKind, type FormKind } from "./form-kinds";

type Props = { kind: FormKind; onKind: (kind: FormKind) => void };

/** What kind of source it is; the rest of the form follows. */
export const KindFields = ({ kind, onKind }: Props) => (
  <RadioGroup
    name="kind"
    legend="Kind of source"
    isBoxed
    options={FORM_KINDS}
    defaultValue={kind}
    onValueChange={(value) => {
      onKind(toFormKind(value));
    }}
    className="[&>div]:lg:grid-cols-4"
  />
);
