"use client";

import { parseAsString, useQueryStates } from "nuqs";
import { useId, useTransition } from "react";

import { Input } from "@/components/ui/input";

type Props = { param: string; label: string; placeholder: string };

/** Narrows a list by a word that has to be whole: taken with Enter or on leaving the field, not while typing. */
export const FilterText = ({ param, label, placeholder }: Props) => {
  const id = useId();
  const [isPending, startTransition] = useTransition();
  const [query, setQuery] = useQueryStates(
    { [param]: parseAsString.withDefault(""), cursor: parseAsString, trail: parseAsString },
    { shallow: false, startTransition },
  );
  const current = query[param] ?? "";
  const take = (text: string): void => {
    const wanted = text.trim();
    if (wanted !== current)
      void setQuery({ [param]: wanted === "" ? null : wanted, cursor: null, trail: null });
  };

  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="text-muted text-xs">
        {label}
      </label>
      <Input
        // What the address says when it changes by a chip or by going back.
        key={current}
        id={id}
        className="w-36"
        maxLength={200}
        aria-busy={isPending}
        placeholder={placeholder}
        defaultValue={current}
        onBlur={(event) => {
          take(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") take(event.currentTarget.value);
        }}
      />
    </div>
  );
};
