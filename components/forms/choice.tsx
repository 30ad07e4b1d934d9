"use client";

import { type ComponentProps, type ReactNode } from "react";

import { Checkbox } from "@/components/ui/checkbox";
import { cn } from "@/components/ui/cn";
import { FieldContext } from "@/components/ui/field-context";
import { Switch } from "@/components/ui/switch";

import { FieldErrors } from "./field-errors";
import { useFieldErrors } from "./form-context";
import { useFieldWiring } from "./use-field-wiring";

type Props = Omit<ComponentProps<typeof Checkbox>, "name" | "children" | "className"> & {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  className?: string | undefined;
};

const choiceOf = (Control: typeof Checkbox | typeof Switch) => {
  const Choice = ({ name, label, hint, className, ...control }: Props) => {
    const errors = useFieldErrors(name);
    const { hintId, errorId, wiring } = useFieldWiring({
      name,
      errors,
      hasHint: hint !== undefined,
      isRequired: false,
    });
    return (
      <div className={cn("flex items-start gap-2.5", className)}>
        <span className="flex h-5 items-center">
          <FieldContext value={wiring}>
            <Control {...control} />
          </FieldContext>
        </span>
        <div className="min-w-0">
          <label htmlFor={wiring.id} className="text-sm leading-5">
            {label}
          </label>
          {hint !== undefined && (
            <p id={hintId} className="text-muted text-xs">
              {hint}
            </p>
          )}
          {errorId !== undefined && <FieldErrors id={errorId} errors={errors} />}
        </div>
      </div>
    );
  };
  return Choice;
};

/** A checkbox with its words beside it. An unticked one sends nothing, as in any form. */
export const CheckboxField = choiceOf(Checkbox);

/** A switch with its words beside it; sends `on` or nothing. */
export const SwitchField = choiceOf(Switch);
