import { emptyKeys } from "@/lib/domain/feed/address-keys";
import { DEFAULT_TLP } from "@/lib/domain/feed/feed";
import type { FeedKind } from "@/lib/domain/feed/kinds";

import type { ExportedFeed } from "./exported-feed";
import { writeOwnSettings } from "./own-settings";

/** Who is to read a definition: MISP and Sluice, or Sluice alone. */
export const DEFINITION_READERS = ["misp", "sluice"] as const;
export type DefinitionReader = (typeof DEFINITION_READERS)[number];

/**
 * A feed's definition in MISP's form, or null for a kind that its reader has not: MISP would take a kind that it does not know
 * for free text and fetch it as that. Secrets never leave: `headers` is always empty, keys in the address are emptied, and
 * whoever imports it enters the sign-in anew. What MISP's form has no place for stands in `settings.sluice`, which MISP passes
 * over and `readDefinitions` reads.
 */
export const toDefinition = (feed: ExportedFeed, reader: DefinitionReader) => {
  const format = FORMATS[reader][feed.kind];
  if (format === undefined || feed.url === null) return null;
  const { tags, orgs, maxAgeDays } = feed.misp;
  const tag = feed.tlp === DEFAULT_TLP ? feed.tags[0] : `tlp:${feed.tlp}`;
  return {
    Feed: {
      name: feed.name,
      // MISP refuses a definition without one.
      provider: feed.provider || "unknown",
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
        common: { excluderegex: feed.exclusionRegex === null ? "" : withDelimiters(feed.exclusionRegex) },
        sluice: writeOwnSettings(feed),
      }),
      input_source: "network",
      delete_local_file: false,
      lookup_visible: feed.visibility === "everyone",
      headers: "",
    },
    // MISP has place for one: a marking that was chosen goes before what only describes.
    ...(tag !== undefined && { Tag: { name: tag, exportable: true, hide_tag: false } }),
  };
};

/** A pattern as MISP wants it; one without delimiters is broken there, and excludes nothing. */
const withDelimiters = (pattern: string): string =>
  DELIMITED.test(pattern)
    ? pattern
    : `/${pattern.replaceAll(SLASH, (found) => (found === "/" ? String.raw`\/` : found))}/`;

const DELIMITED = /^([/#~@%!]).+\1[imsuDX]*$/s;
/** A slash of its own; what is escaped already is passed over in pairs. */
const SLASH = /\\.|\//gs;

type Formats = Readonly<Partial<Record<FeedKind, string>>>;
const MISP_FORMATS: Formats = { csv: "csv", freetext: "freetext", "misp-feed": "misp" };
const FORMATS: Readonly<Record<DefinitionReader, Formats>> = {
  misp: MISP_FORMATS,
  sluice: { ...MISP_FORMATS, json: "json", taxii: "taxii", "misp-server": "misp-server" },
};
