import type { ComponentProps } from "react";

import { cn } from "./cn";

/** The name of a control. A `Field` makes its own; this is for controls that stand alone. */
export const Label = ({ className, ...props }: ComponentProps<"label">) => (
  <label {...props} className={cn("text-ink text-sm font-medium", className)} />
);
