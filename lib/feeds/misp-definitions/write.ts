import { emptyKeys } from "@/lib/domain/feed/address-keys";
import type { FeedSettings } from "@/lib/domain/feed/feed";
import type { FeedKind } from "@/lib/domain/feed/kinds";

export type ExportedFeed = {
  kind: FeedKind;
  name: string;
  provider: string;
  url: string | null;
  enabled: boolean;
  visibility: "team" | "everyone";
  removal: "mirror" | "expire" | "keep";
  storeOnly: boolean;
  tags: readonly string[];
} & Pick<FeedSettings, "csv" | "misp" | "exclusionRegex">;

/**
 * A feed's definition in MISP's form, or null for a kind that MISP has not. Secrets never leave: `headers` is always empty, keys in
 * the address are emptied, and whoever imports it enters the sign-in anew. What MISP's form has no place for stands in
 * `settings.sluice`, which MISP passes over and `readDefinitions` reads.
 */
export const toDefinition = (feed: ExportedFeed) => {
  const format = FORMATS[feed.kind];
  if (format === undefined || feed.url === null) return null;
  const { tags, orgs, maxAgeDays } = feed.misp;
  return {
    Feed: {
      name: feed.name,
      provider: feed.provider,
      url: emptyKeys(feed.url),
      rules: JSON.stringify({
        tags: { OR: tags.allow, NOT: tags.block },
        orgs: { OR: orgs.allow, NOT: orgs.block },
        ...(maxAgeDays !== null && { url_params: JSON.stringify({ timestamp: `${String(maxAgeDays)}d` }) }),
      }),
      enabled: feed.enabled,
      distribution: feed.visibility === "everyone" ? "3" : "0",
      default: false,
      source_format: format,
      fixed_event: true,
      delta_merge: feed.removal === "mirror",
      publish: false,
      override_ids: feed.storeOnly,
      settings: JSON.stringify({
        csv: {
          value: feed.csv.valueColumns.filter((column) => typeof column === "number").join(","),
          delimiter: feed.csv.delimiter === "\t" ? String.raw`\t` : feed.csv.delimiter,
        },
        common: { excluderegex: feed.exclusionRegex ?? "" },
        sluice: {
          removal: feed.removal,
          tags: feed.tags,
          ...(feed.kind === "csv" && { csv: feed.csv }),
          ...(feed.kind === "misp-feed" && { misp: feed.misp }),
        },
      }),
      input_source: "network",
      delete_local_file: false,
      lookup_visible: feed.visibility === "everyone",
      headers: "",
    },
    ...(feed.tags[0] !== undefined && { Tag: { name: feed.tags[0], exportable: true, hide_tag: false } }),
  };
};

const FORMATS: Readonly<Partial<Record<FeedKind, string>>> = {
  csv: "csv",
  freetext: "freetext",
  "misp-feed": "misp",
};
