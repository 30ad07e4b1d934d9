import { Check, Plus } from "lucide-react";

import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import type { FeedKind } from "@/lib/domain/feed/kinds";

import { delimiterWord } from "./delimiter-words";
import { FEED_KIND_LABELS } from "./kind-words";

type Entry = {
  id: string;
  list: string;
  name: string;
  provider: string;
  kind: FeedKind;
  url: string;
  licence: string;
  feed: { removal: string; csv: { delimiter?: string; valueColumns?: readonly number[] } };
};
type Props = {
  team: string;
  entries: readonly Entry[];
  /** Addresses that the team fetches already. */
  taken: ReadonlySet<string>;
};

/** Well-known feeds with what is known of each: format, settings, terms; one click leads to a filled form. */
export const CatalogueCards = ({ team, entries, taken }: Props) =>
  entries.length === 0 ? (
    <EmptyState icon={Plus} title="No such feed in the catalogue">
      Try another word, or add the feed by its address.
    </EmptyState>
  ) : (
    <ul aria-label="Catalogue" className="grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {entries.map((entry) => (
        <li key={entry.id} className="bg-surface shadow-card flex flex-col gap-2 rounded-lg border p-4">
          <div className="flex items-start justify-between gap-2">
            <h2 className="text-sm font-semibold">{entry.name}</h2>
            <Badge>{entry.list}</Badge>
          </div>
          <p className="text-muted text-xs break-all">
            {entry.provider} · {new URL(entry.url).host}
          </p>
          <p className="text-xs">{describe(entry)}</p>
          <p className="text-muted text-xs">{entry.licence}</p>
          <div className="mt-auto flex items-center gap-2 pt-1">
            <LinkButton href={`/t/${team}/feeds/new?from=${entry.id}`} size="sm">
              <Plus aria-hidden />
              Add
              <span className="sr-only"> {entry.name}</span>
            </LinkButton>
            {taken.has(entry.url) && (
              <span className="text-muted flex items-center gap-1 text-xs">
                <Check aria-hidden className="size-3.5" /> The team has it
              </span>
            )}
          </div>
        </li>
      ))}
    </ul>
  );

const describe = ({ kind, feed }: Entry): string => {
  const parts = [FEED_KIND_LABELS[kind]];
  const { delimiter, valueColumns } = feed.csv;
  if (kind === "csv") {
    parts.push(
      valueColumns === undefined || valueColumns.length === 0
        ? "values in any cell"
        : `values in column ${valueColumns.join(", ")}`,
    );
    if (delimiter !== undefined) parts.push(`separated by ${delimiterWord(delimiter)}`);
  }
  parts.push(feed.removal === "mirror" ? "gone there, gone here" : "what is gone there stays here");
  return parts.join(", ");
};
