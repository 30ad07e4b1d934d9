import { z } from "zod";

import { FEED_KINDS, type FeedKind } from "@/lib/domain/feed/kinds";

import mineMeldMiners from "./minemeld-miners.json";
import mispDefaults from "./misp-defaults.json";

const entrySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  kind: z.enum(FEED_KINDS),
  url: z.url(),
  /** What is known of the terms, in a sentence. */
  licence: z.string(),
  csv: z
    .strictObject({
      valueColumns: z.array(z.number()),
      delimiter: z.string(),
      header: z.boolean().default(false),
    })
    .optional(),
  commentPrefixes: z.array(z.string()).optional(),
  exclusionRegex: z.string().optional(),
  removal: z.enum(["mirror", "keep"]).default("mirror"),
  tags: z.array(z.string()).default([]),
  everyMinutes: z.number().optional(),
  /** MineMeld's name of the miner that it takes the place of. */
  miner: z.string().optional(),
});

export type CatalogueEntry = z.output<typeof entrySchema> & { list: "MISP" | "MineMeld" };

/**
 * Feeds that a team may add with one click: MISP's own default feeds and MineMeld's common miners. None is enabled by
 * itself; whether an address still answers shows the preview.
 */
export const CATALOGUE: readonly CatalogueEntry[] = [
  ...mispDefaults.map((entry) => ({ ...entrySchema.parse(entry), list: "MISP" as const })),
  ...mineMeldMiners.map((entry) => ({ ...entrySchema.parse(entry), list: "MineMeld" as const })),
];

/** The entry of an id, or null. */
export const findInCatalogue = (id: string): CatalogueEntry | null =>
  CATALOGUE.find((entry) => entry.id === id) ?? null;

type CatalogueFeed = {
  kind: FeedKind;
  name: string;
  provider: string;
  url: string;
  removal: "mirror" | "keep";
  tags: string[];
  everyMinutes?: number;
  exclusionRegex?: string;
  csv: { delimiter?: string; valueColumns?: number[]; header?: boolean; commentPrefixes?: string[] };
};

/** What the form and the API take of an entry; the team adds its own wishes. */
export const toFeedInput = (entry: CatalogueEntry): CatalogueFeed => ({
  kind: entry.kind,
  name: entry.name.slice(0, 120),
  provider: entry.provider,
  url: entry.url,
  removal: entry.removal,
  tags: entry.tags,
  ...(entry.everyMinutes !== undefined && { everyMinutes: entry.everyMinutes }),
  ...(entry.exclusionRegex !== undefined && { exclusionRegex: entry.exclusionRegex }),
  csv: {
    ...(entry.commentPrefixes && { commentPrefixes: entry.commentPrefixes }),
    ...entry.csv,
  },
});
