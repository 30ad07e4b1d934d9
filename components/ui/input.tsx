"use client";

import type { ComponentProps } from "react";

import { cn } from "./cn";
import { CONTROL } from "./control-class";
import { useFieldControl } from "./field-context";

type Props = ComponentProps<"input"> & {
  /** For values, addresses and identifiers: monospaced, no autocorrection. */
  isMono?: boolean | undefined;
};

const VERBATIM = {
  autoCapitalize: "none",
  autoCorrect: "off",
  spellCheck: false,
  autoComplete: "off",
} as const;

/** One line of text. Inside a `Field` it takes its name, label and errors from there. */
export const Input = ({ isMono = false, className, ...props }: Props) => (
  <input
    type="text"
    {...(isMono ? VERBATIM : {})}
    {...props}
    {...useFieldControl(props)}
    className={cn(CONTROL, "read-only:bg-sunken h-8 px-2.5", isMono && "font-mono", className)}
  />
);
