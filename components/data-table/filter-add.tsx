"use client";

import { parseAsString, useQueryStates } from "nuqs";
import { useId, useTransition } from "react";

import { Select, type SelectOption } from "@/components/ui/select";

type Props = { param: string; label: string; options: readonly SelectOption[] };

/** Narrows a list to any of several values, added one by one; each is taken away by its chip. They stand in the address. */
export const FilterAdd = ({ param, label, options }: Props) => {
  const id = useId();
  const [isPending, startTransition] = useTransition();
  const [query, setQuery] = useQueryStates(
    { [param]: parseAsString.withDefault(""), cursor: parseAsString, trail: parseAsString },
    { shallow: false, startTransition },
  );
  const chosen = (query[param] ?? "").split(",").filter((value) => value !== "");

  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="text-muted text-xs">
        {label}
      </label>
      <Select
        id={id}
        className="w-auto"
        aria-busy={isPending}
        placeholder={chosen.length === 0 ? "Any" : `${String(chosen.length)} chosen, add…`}
        options={options.filter(({ value }) => !chosen.includes(value))}
        value=""
        onChange={(event) => {
          const added = event.currentTarget.value;
          if (added !== "")
            void setQuery({ [param]: [...chosen, added].join(","), cursor: null, trail: null });
        }}
      />
    </div>
  );
};
