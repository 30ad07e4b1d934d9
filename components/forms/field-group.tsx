import type { ReactNode } from "react";

import { cn } from "@/components/ui/cn";

type Props = {
  legend: ReactNode;
  hint?: ReactNode;
  children: ReactNode;
  columns?: 1 | 2 | 3;
  className?: string;
};

const COLUMNS = { 1: "", 2: "grid-cols-1 sm:grid-cols-2", 3: "sm:grid-cols-2 lg:grid-cols-3" };

/** Fields that belong together under one heading. */
export const FieldGroup = ({ legend, hint, children, columns = 1, className }: Props) => (
  <fieldset className={cn("min-w-0", className)}>
    <legend className="text-base font-semibold">{legend}</legend>
    {hint !== undefined && <p className="text-muted mt-0.5 text-sm">{hint}</p>}
    <div className={cn("mt-3 grid gap-4", COLUMNS[columns])}>{children}</div>
  </fieldset>
);

/** The last line of a form: the submitting button first, then the way out. */
export const FormActions = ({ children }: { children: ReactNode }) => (
  <div className="flex flex-wrap items-center gap-2 pt-1">{children}</div>
);
