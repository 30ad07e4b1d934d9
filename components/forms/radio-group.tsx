"use client";

import { useId, type ReactNode } from "react";

import { cn } from "@/components/ui/cn";
import { Radio } from "@/components/ui/radio";

import { FieldErrors } from "./field-errors";
import { useFieldErrors } from "./form-context";

type RadioOption = { value: string; label: ReactNode; hint?: ReactNode; disabled?: boolean };
type Props = {
  name: string;
  legend: ReactNode;
  hint?: ReactNode;
  options: readonly RadioOption[];
  defaultValue?: string | undefined;
  onValueChange?: ((value: string) => void) | undefined;
  /** Boxes beside each other, for choices that need a sentence each. */
  isBoxed?: boolean;
  className?: string | undefined;
};

/** One choice out of a few that are all in sight. */
export const RadioGroup = (props: Props) => {
  const { name, legend, hint, options, defaultValue, onValueChange, isBoxed = false, className } = props;
  const id = useId();
  const errors = useFieldErrors(name);
  const errorId = errors.length === 0 ? undefined : `${id}-error`;

  return (
    <fieldset aria-describedby={errorId} className={cn("min-w-0", className)}>
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      {hint !== undefined && <p className="text-muted mb-2 text-xs">{hint}</p>}
      <div className={isBoxed ? "grid grid-cols-1 gap-2 sm:grid-cols-2" : "space-y-1.5"}>
        {options.map((option) => (
          <label
            key={option.value}
            className={cn(
              "flex min-h-6 items-start gap-2.5 text-sm",
              isBoxed &&
                "border-strong/50 bg-surface hover:border-strong has-checked:border-accent has-checked:bg-accent-tint rounded-md border p-3",
            )}
          >
            <Radio
              name={name}
              value={option.value}
              defaultChecked={option.value === defaultValue}
              disabled={option.disabled}
              aria-invalid={errors.length > 0 ? true : undefined}
              className="mt-0.5"
              onChange={() => {
                onValueChange?.(option.value);
              }}
            />
            <span className="min-w-0">
              <span className="leading-5">{option.label}</span>
              {option.hint !== undefined && <span className="text-muted block text-xs">{option.hint}</span>}
            </span>
          </label>
        ))}
      </div>
      {errorId !== undefined && <FieldErrors id={errorId} errors={errors} />}
    </fieldset>
  );
};
