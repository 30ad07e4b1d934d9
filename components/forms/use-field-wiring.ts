import { useId } from "react";

import type { FieldWiring } from "@/components/ui/field-context";

type Options = { name: string; errors: readonly string[]; hasHint: boolean; isRequired: boolean };

/** Ids that tie a control to its hint and errors; what is not shown has none. */
export const useFieldWiring = ({ name, errors, hasHint, isRequired }: Options) => {
  const id = useId();
  const hintId = hasHint ? `${id}-hint` : undefined;
  const isInvalid = errors.length > 0;
  const errorId = isInvalid ? `${id}-error` : undefined;
  const describedBy = [errorId, hintId].filter((part) => part !== undefined).join(" ");
  const wiring: FieldWiring = { id, name, isInvalid, isRequired, describedBy: describedBy || undefined };
  return { hintId, errorId, wiring };
};
