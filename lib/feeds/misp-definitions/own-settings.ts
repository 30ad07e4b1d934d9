import { z } from "zod";

import type { FeedCreate } from "@/lib/domain/feed/feed";
import type { FeedKind } from "@/lib/domain/feed/kinds";

import type { ExportedFeed } from "./exported-feed";
import { listLeftSecrets } from "./left-secrets";

/** What stands in `settings.sluice`: all that MISP has no place for. MISP passes it over. */
export const writeOwnSettings = (feed: ExportedFeed): Record<string, unknown> => {
  const reading = READING_FIELDS[feed.kind];
  const fields = reading === undefined ? OWN_FIELDS : [...OWN_FIELDS, reading];
  return {
    ...Object.fromEntries(fields.map((name) => [name, feed[name]])),
    // MISP wants one, so that its own field names none that is true.
    ...(feed.provider === "" && { provider: "" }),
    leftSecrets: listLeftSecrets(feed),
  };
};

/** What Sluice wrote into a definition's settings; whether it makes a feed is judged with the rest of it. */
export const readOwnSettings = (settings: unknown) => {
  const { sluice } = ownSchema.parse(settings);
  const { leftSecrets, tls, ...fields } = sluice ?? { leftSecrets: [] };
  return {
    /** Whether Sluice wrote the definition: all that it says was meant for Sluice. */
    isOwn: sluice !== undefined,
    fields: {
      ...Object.fromEntries(Object.entries(fields).filter(([name]) => KNOWN.has(name))),
      ...(tls !== undefined && { tls }),
    },
    leftSecrets,
    notes: insecureSchema.safeParse(tls).success ? ["It trusts any certificate of its server."] : [],
  };
};

const OWN_FIELDS = [
  "everyMinutes",
  "cron",
  "timeZone",
  "zipEntry",
  "exclusionRegex",
  "removal",
  "graceRuns",
  "expiryDays",
  "expiryDaysByType",
  "expireFrom",
  "limits",
  "guards",
  "tls",
  "staleAfterMinutes",
  "confidence",
  "tlp",
  "tags",
  "shrinkLimitPercent",
] as const satisfies readonly (keyof FeedCreate)[];

/** Where it is said how a feed of a kind is read. */
const READING_FIELDS: Readonly<Partial<Record<FeedKind, "csv" | "json" | "misp" | "taxii">>> = {
  csv: "csv",
  freetext: "csv",
  json: "json",
  "misp-feed": "misp",
  "misp-server": "misp",
  taxii: "taxii",
};

const KNOWN: ReadonlySet<string> = new Set(["provider", ...OWN_FIELDS, ...Object.values(READING_FIELDS)]);

const ownSchema = z
  .object({
    sluice: z.looseObject({
      leftSecrets: z.array(z.string().max(300)).max(50).catch([]),
      tls: z.unknown().optional(),
    }),
  })
  .partial()
  .catch({});

const insecureSchema = z.object({ isInsecure: z.literal(true) });
