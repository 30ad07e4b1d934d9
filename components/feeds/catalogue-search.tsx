import { Search } from "lucide-react";
import Form from "next/form";

import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

import { FEED_KIND_LABELS } from "./kind-words";

type Props = { q: string; kind: string | undefined; found: string };

/** Finds entries of the catalogue by a word and a kind; both stand in the address. */
export const CatalogueSearch = ({ q, kind, found }: Props) => (
  <Form action="" role="search" aria-label="Find a feed" className="flex flex-wrap items-center gap-2">
    <Input
      name="q"
      type="search"
      defaultValue={q}
      aria-label="Name, provider or address"
      placeholder="abuse.ch"
      className="w-64"
    />
    <Select name="kind" defaultValue={kind ?? ""} options={KINDS} aria-label="Kind" className="w-40" />
    <Button type="submit">
      <Search aria-hidden />
      Find
    </Button>
    <span className="text-muted text-sm" role="status">
      {found}
    </span>
  </Form>
);

const KINDS = [
  { value: "", label: "Every kind" },
  ...(["csv", "freetext", "misp-feed", "taxii"] as const).map((value) => ({
    value,
    label: FEED_KIND_LABELS[value],
  })),
];
