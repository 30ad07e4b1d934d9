"use client";

import { createContext, use } from "react";

/** What a `Field` tells the one control inside it. */
export type FieldWiring = {
  id: string;
  name: string;
  describedBy: string | undefined;
  isInvalid: boolean;
  isRequired: boolean;
};

export const FieldContext = createContext<FieldWiring | null>(null);

type ControlProps = {
  id?: string | undefined;
  name?: string | undefined;
  required?: boolean | undefined;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | "true" | "false" | "grammar" | "spelling" | undefined;
};

/** Props that tie a control to its label, hint and errors; what the control states itself wins. */
export const useFieldControl = (own: ControlProps): ControlProps => {
  const field = use(FieldContext);
  if (field === null) return own;
  return {
    id: own.id ?? field.id,
    name: own.name ?? field.name,
    required: own.required ?? field.isRequired,
    "aria-describedby": own["aria-describedby"] ?? field.describedBy,
    "aria-invalid": own["aria-invalid"] ?? (field.isInvalid ? true : undefined),
  };
};
