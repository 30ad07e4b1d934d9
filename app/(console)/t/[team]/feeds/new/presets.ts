import { NEW_FEED, type FeedFormValues } from "@/components/feeds/feed-form-values";
import { toFormKind } from "@/components/feeds/form-kinds";
import { getCatalogueEntry } from "@/lib/services/feeds/list-catalogue";

type Options = {
  from: string | undefined;
  kind: string | undefined;
  teamName: string;
  sandboxUrl: string | undefined;
};

/** What the form of a new feed begins with: the sandbox's copy of Microsoft's list, an entry of the catalogue, a kind, or nothing. */
export const presetOf = ({ from, kind, teamName, sandboxUrl }: Options): FeedFormValues => {
  if (from === "covid19" && sandboxUrl !== undefined) return covid19(teamName, sandboxUrl);
  const entry = from === undefined ? null : getCatalogueEntry(from);
  if (entry) return fromCatalogue(entry);
  return { ...NEW_FEED, kind: toFormKind(kind) };
};

const fromCatalogue = ({ feed }: NonNullable<ReturnType<typeof getCatalogueEntry>>): FeedFormValues => ({
  ...NEW_FEED,
  kind: toFormKind(feed.kind),
  name: feed.name,
  provider: feed.provider,
  url: feed.url,
  removal: feed.removal,
  tags: feed.tags.join("\n"),
  everyMinutes: String(feed.everyMinutes ?? 60),
  exclusionRegex: feed.exclusionRegex ?? "",
  csv: {
    ...NEW_FEED.csv,
    ...(feed.csv.delimiter !== undefined && {
      delimiter: feed.csv.delimiter === "\t" ? String.raw`\t` : feed.csv.delimiter,
    }),
    ...(feed.csv.valueColumns && { valueColumns: feed.csv.valueColumns.join(", ") }),
    ...(feed.csv.header !== undefined && { header: feed.csv.header }),
    ...(feed.csv.commentPrefixes && { commentPrefixes: feed.csv.commentPrefixes.join(" ") }),
  },
});

// The file's own columns: time, value, type, TLP, product, threat type, description.
const covid19 = (teamName: string, sandboxUrl: string): FeedFormValues => ({
  ...NEW_FEED,
  name: `${teamName} - Microsoft COVID-19 Indicators`,
  provider: "Microsoft",
  url: `${sandboxUrl}/feeds/covid19.csv`,
  csv: {
    ...NEW_FEED.csv,
    valueColumns: "2",
    columns: { firstSeen: "1", tlp: "4", threatType: "6", comment: "7" },
  },
});
