import "server-only";

import {
  CATALOGUE,
  findInCatalogue,
  toFeedInput,
  type CatalogueEntry,
} from "@/lib/feeds/catalogue/catalogue";

/** Well-known feeds whose name, provider or address holds the text, each with the body that adds it. */
export const listCatalogue = (text: string) => {
  const wanted = text.trim().toLowerCase();
  return CATALOGUE.filter(({ name, provider, url }) =>
    [name, provider, url].some((part) => part.toLowerCase().includes(wanted)),
  ).map(toView);
};
export type ListedEntry = ReturnType<typeof toView>;

/** One entry by its id; null for none. */
export const getCatalogueEntry = (id: string): ListedEntry | null => {
  const entry = findInCatalogue(id);
  return entry && toView(entry);
};

const toView = (entry: CatalogueEntry) => ({
  id: entry.id,
  list: entry.list,
  name: entry.name,
  provider: entry.provider,
  kind: entry.kind,
  url: entry.url,
  licence: entry.licence,
  feed: toFeedInput(entry),
});
