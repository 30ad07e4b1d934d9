"use client";

import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";

import { cn } from "./cn";
import { CONTROL } from "./control-class";
import { useFieldControl } from "./field-context";

export type SelectOption = { value: string; label: string; disabled?: boolean };
type Props = ComponentProps<"select"> & {
  options?: readonly SelectOption[] | undefined;
  /** First entry with an empty value, such as "Choose a connector". */
  placeholder?: string | undefined;
};

/** The browser's own select: works before any script has loaded and with every keyboard and reader. */
export const Select = ({ options, placeholder, className, children, ...props }: Props) => (
  <span className={cn("relative inline-flex w-full", className)}>
    <select {...props} {...useFieldControl(props)} className={cn(CONTROL, "h-8 appearance-none pr-8 pl-2.5")}>
      {placeholder !== undefined && <option value="">{placeholder}</option>}
      {options?.map((option) => (
        <option key={option.value} value={option.value} disabled={option.disabled}>
          {option.label}
        </option>
      ))}
      {children}
    </select>
    <ChevronDown
      aria-hidden
      className="text-muted pointer-events-none absolute top-1/2 right-2 size-4 -translate-y-1/2"
    />
  </span>
);
