"use client";

import type { ComponentProps } from "react";

import { cn } from "./cn";

/** One native radio button; give those of a group the same `name`. See `RadioGroup` for the labelled set. */
export const Radio = ({ className, ...props }: Omit<ComponentProps<"input">, "type">) => (
  <input
    type="radio"
    {...props}
    className={cn(
      "border-strong bg-surface checked:border-accent aria-invalid:border-danger size-4 shrink-0 appearance-none rounded-full border checked:border-[5px] disabled:opacity-55 forced-colors:appearance-auto",
      className,
    )}
  />
);
