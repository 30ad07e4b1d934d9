"use client";

import type { ComponentProps } from "react";

import { cn } from "./cn";
import { CONTROL } from "./control-class";
import { useFieldControl } from "./field-context";

type Props = ComponentProps<"textarea"> & {
  /** For pasted values: monospaced, no autocorrection, long lines scroll instead of wrapping. */
  isMono?: boolean | undefined;
};

const VERBATIM = { autoCapitalize: "none", autoCorrect: "off", spellCheck: false, wrap: "off" } as const;

/** Several lines of text. Inside a `Field` it takes its name, label and errors from there. */
export const Textarea = ({ isMono = false, className, rows = 4, ...props }: Props) => (
  <textarea
    rows={rows}
    {...(isMono ? VERBATIM : {})}
    {...props}
    {...useFieldControl(props)}
    className={cn(
      CONTROL,
      "scrollbar-slim read-only:bg-sunken block px-2.5 py-1.5 leading-5",
      isMono && "font-mono",
      className,
    )}
  />
);
