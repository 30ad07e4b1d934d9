"use client";

import { parseAsString, useQueryStates } from "nuqs";
import { useId, useTransition } from "react";

import { Select, type SelectOption } from "@/components/ui/select";

type Props = { param: string; label: string; options: readonly SelectOption[]; anyLabel?: string };

/** Narrows a list by one value; the choice stands in the address and starts the list anew. */
export const FilterSelect = ({ param, label, options, anyLabel = "Any" }: Props) => {
  const id = useId();
  const [isPending, startTransition] = useTransition();
  const [query, setQuery] = useQueryStates(
    { [param]: parseAsString.withDefault(""), cursor: parseAsString },
    { shallow: false, startTransition },
  );

  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="text-muted text-xs">
        {label}
      </label>
      <Select
        id={id}
        name={param}
        className="w-auto"
        aria-busy={isPending}
        placeholder={anyLabel}
        options={options}
        value={query[param] ?? ""}
        onChange={(event) => {
          void setQuery({ [param]: event.currentTarget.value || null, cursor: null });
        }}
      />
    </div>
  );
};
