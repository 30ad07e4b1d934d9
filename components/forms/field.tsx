"use client";

import { type ReactNode } from "react";

import { cn } from "@/components/ui/cn";
import { FieldContext } from "@/components/ui/field-context";

import { FieldErrors } from "./field-errors";
import { useFieldErrors } from "./form-context";
import { useFieldWiring } from "./use-field-wiring";

type Props = {
  name: string;
  label: ReactNode;
  /** What to enter, in which unit, with an example. */
  hint?: ReactNode;
  /** Taken from the form's answer when left out. */
  errors?: readonly string[] | undefined;
  required?: boolean;
  /** One control: `Input`, `Textarea`, `Select`, `SecretInput`. */
  children: ReactNode;
  className?: string | undefined;
};

/** A control with its label, hint and errors, tied together for readers. Required fields say so in words. */
export const Field = ({ name, label, hint, errors, required = false, children, className }: Props) => {
  const answered = useFieldErrors(name);
  const shown = errors ?? answered;
  const { hintId, errorId, wiring } = useFieldWiring({
    name,
    errors: shown,
    hasHint: hint !== undefined,
    isRequired: required,
  });

  return (
    <div className={cn("min-w-0", className)}>
      <label htmlFor={wiring.id} className="mb-1 flex items-baseline gap-1.5 text-sm font-medium">
        {label}
        {required && <span className="text-muted text-xs font-normal">required</span>}
      </label>
      <FieldContext value={wiring}>{children}</FieldContext>
      {errorId !== undefined && <FieldErrors id={errorId} errors={shown} />}
      {hint !== undefined && (
        <p id={hintId} className="text-muted mt-1 text-xs">
          {hint}
        </p>
      )}
    </div>
  );
};
