"use client";

import { LoaderCircle, Search } from "lucide-react";
import { debounce, parseAsString, useQueryStates } from "nuqs";
import { useTransition } from "react";

import { Input } from "@/components/ui/input";

type Props = {
  /** The name in the address; `/` puts the cursor here. */
  param?: string;
  label: string;
  placeholder?: string;
};

const DEBOUNCE_MS = 300;

/** Searches while typing; the words stand in the address. Without script, Enter sends it as a plain form. */
export const SearchBox = ({ param = "q", label, placeholder }: Props) => {
  const [isPending, startTransition] = useTransition();
  // Whatever narrows a list starts it anew: a cursor of the wider list would point into nothing.
  const [query, setQuery] = useQueryStates(
    { [param]: parseAsString.withDefault(""), cursor: parseAsString },
    { shallow: false, startTransition, limitUrlUpdates: debounce(DEBOUNCE_MS) },
  );

  return (
    <form
      role="search"
      aria-label={label}
      className="relative w-full sm:w-72"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <Search
        aria-hidden
        className="text-muted pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2"
      />
      <Input
        isMono
        type="search"
        name={param}
        aria-label={label}
        placeholder={placeholder}
        data-search
        value={query[param] ?? ""}
        onChange={(event) => {
          void setQuery({ [param]: event.currentTarget.value, cursor: null });
        }}
        className="pr-8 pl-8 placeholder:font-sans"
      />
      {isPending && (
        <LoaderCircle
          aria-label="Searching"
          className="text-muted absolute top-1/2 right-2.5 size-4 -translate-y-1/2 animate-spin"
        />
      )}
    </form>
  );
};
