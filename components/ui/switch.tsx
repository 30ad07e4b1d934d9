"use client";

import type { ComponentProps } from "react";

import { cn } from "./cn";
import { useFieldControl } from "./field-context";

/** On or off. A checkbox with the switch role, so that a plain form sends it. */
export const Switch = ({ className, ...props }: Omit<ComponentProps<"input">, "type" | "role">) => (
  <span className={cn("relative inline-block h-5 w-9 shrink-0", className)}>
    <input
      type="checkbox"
      role="switch"
      {...props}
      {...useFieldControl(props)}
      className="peer border-strong bg-sunken checked:border-accent checked:bg-accent absolute inset-0 size-full appearance-none rounded-full border transition-colors disabled:opacity-55 forced-colors:appearance-auto"
    />
    <span
      aria-hidden
      className="bg-strong peer-checked:bg-on-accent pointer-events-none absolute top-1 left-1 size-3 rounded-full transition-transform peer-checked:translate-x-4 forced-colors:hidden"
    />
  </span>
);
