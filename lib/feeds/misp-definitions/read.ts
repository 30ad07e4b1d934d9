import { z } from "zod";

import { lacksKeys } from "@/lib/domain/feed/address-keys";
import type { FeedSecrets } from "@/lib/domain/feed/feed-secrets";
import type { FeedKind } from "@/lib/domain/feed/kinds";
import { parseTlp } from "@/lib/domain/indicator/tlp";

import { readOwnSettings } from "./own-settings";

/** One definition as a new feed's body, without its team; what of it has no home here is said in `notes`. */
export type ReadDefinition =
  | { ok: true; name: string; feed: Record<string, unknown>; notes: readonly string[] }
  | { ok: false; name: string; reason: string };

// MISP writes numbers, flags and text interchangeably.
const flag = z
  .union([z.boolean(), z.number(), z.string()])
  .nullish()
  .transform((value) => value === true || value === 1 || value === "1" || value === "true");
const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? "" : String(value)));

const definitionSchema = z.object({
  Feed: z.object({
    name: text,
    provider: text,
    url: text,
    source_format: text,
    input_source: text,
    enabled: flag,
    distribution: text,
    lookup_visible: flag,
    delta_merge: flag,
    override_ids: flag,
    publish: flag,
    headers: text,
    caching_enabled: flag,
    fixed_event: flag,
    event_id: text,
    orgc_id: text,
    tag_collection_id: text,
    disable_correlation: flag,
    rules: z.unknown().optional(),
    settings: z.unknown().optional(),
  }),
  Tag: z.object({ name: text }).partial().nullish(),
});

/**
 * Reads feed definitions as MISP exports them: an array of `{"Feed":…,"Tag":…}`, a single one, or `{"response":[…]}`.
 * Every field is read, MISP's own import drops half of them; what has no place here is said in the notes. Throws a SyntaxError for
 * what is no JSON.
 */
export const readDefinitions = (json: string): readonly ReadDefinition[] =>
  toList(JSON.parse(json)).map(readOne);

const toList = (document: unknown): readonly unknown[] => {
  if (Array.isArray(document)) return document;
  if (
    typeof document === "object" &&
    document !== null &&
    "response" in document &&
    Array.isArray(document.response)
  )
    return document.response;
  return [document];
};

const readOne = (document: unknown, index: number): ReadDefinition => {
  const parsed = definitionSchema.safeParse(document);
  const fallback = `Definition ${String(index + 1)}`;
  if (!parsed.success)
    return { ok: false, name: fallback, reason: "It is no feed definition of MISP: it has no “Feed”." };
  const { Feed: feed, Tag: tag } = parsed.data;
  const name = feed.name === "" ? fallback : feed.name;
  const kind = KINDS[feed.source_format === "" ? "freetext" : feed.source_format];
  if (!kind) return { ok: false, name, reason: `The format “${feed.source_format}” is not known.` };
  if (feed.input_source === "local")
    return {
      ok: false,
      name,
      reason: "It is read from a path on the MISP server. Upload the file here instead.",
    };
  const settings = settingsSchema.parse(unwrap(feed.settings));
  const rules = rulesSchema.parse(unwrap(feed.rules));
  const own = readOwnSettings(unwrap(feed.settings));
  const headers = readHeaders(feed.headers);
  // Without what was left behind, a fetch would only be refused.
  const isLocked = own.leftSecrets.length > 0 && (Object.keys(headers).length === 0 || lacksKeys(feed.url));
  const sharedWith = SHARED_DISTRIBUTIONS[feed.distribution];
  const isShared = sharedWith !== undefined && feed.lookup_visible;
  const notes = [
    ...(feed.publish ? ["“Auto publish” is here a connector's mode: automatic or review."] : []),
    ...(isShared && !own.isOwn
      ? [
          `Other teams may subscribe to it, since its distribution in MISP is “${sharedWith}”. “Share no more” on its page ends that.`,
        ]
      : []),
    ...(feed.distribution === "4" ? ["Its sharing group is not known here: it is for this team only."] : []),
    ...notNeeded(feed),
    ...settings.notes,
    ...rules.notes,
    ...own.notes,
    ...(isLocked
      ? [`Give anew what does not travel with it: ${own.leftSecrets.join(", ")}. Until then it is paused.`]
      : []),
  ];
  const valueColumns = settings.value
    .split(/[,\s]+/)
    .filter((part) => /^[1-9]\d*$/.test(part))
    .map(Number);
  return {
    ok: true,
    name,
    notes,
    feed: {
      kind,
      name: name.slice(0, 120),
      provider: feed.provider.slice(0, 120),
      url: feed.url,
      enabled: feed.enabled && !isLocked,
      visibility: isShared ? "everyone" : "team",
      removal: kind === "misp-feed" || feed.delta_merge ? "mirror" : "keep",
      storeOnly: feed.override_ids,
      ...readTag(tag?.name ?? ""),
      exclusionRegex: settings.exclude === "" ? null : settings.exclude,
      ...(kind === "csv" && { csv: { delimiter: settings.delimiter || ",", valueColumns } }),
      ...(kind === "misp-feed" && {
        misp: { tags: rules.tags, orgs: rules.orgs, types: rules.types, maxAgeDays: rules.maxAgeDays },
      }),
      ...own.fields,
      ...headers,
    },
  };
};

/** MISP gives a feed one tag; one of its TLP taxonomy is the feed's marking instead. */
const readTag = (name: string) => {
  const tlp = /^tlp:/i.test(name) ? parseTlp(name) : null;
  return tlp === null ? { tags: name === "" ? [] : [name.slice(0, 100)] } : { tlp, tags: [] };
};

/** Kinds by their format: MISP's three, and those that only Sluice writes. */
const KINDS: Readonly<Record<string, FeedKind | undefined>> = {
  misp: "misp-feed",
  csv: "csv",
  freetext: "freetext",
  json: "json",
  taxii: "taxii",
  "misp-server": "misp-server",
};

/** MISP's words for the levels that reach beyond one's own organisation. */
const SHARED_DISTRIBUTIONS: Readonly<Record<string, string | undefined>> = {
  "1": "This community only",
  "2": "Connected communities",
  "3": "All communities",
};

type Feed = z.infer<typeof definitionSchema>["Feed"];

const notNeeded = (feed: Feed): string[] => {
  const isSet = (id: string): boolean => id !== "" && id !== "0";
  return [
    ...(feed.caching_enabled ? ["Caching is not needed: what a feed has is always kept and searched."] : []),
    ...(isSet(feed.event_id)
      ? ["A target event is not needed: values stand with their feed, not in an event."]
      : []),
    ...(isSet(feed.orgc_id) ? ["The organisation it was assigned to is not known here."] : []),
    ...(isSet(feed.tag_collection_id)
      ? ["Its tag collection is not known here: give the feed the tags themselves."]
      : []),
    ...(feed.disable_correlation
      ? ["“Disable correlation” has no counterpart: nothing is correlated by rows."]
      : []),
  ];
};

/** MISP keeps JSON inside JSON strings, sometimes twice. */
const unwrap = (value: unknown, depth = 0): unknown => {
  if (typeof value !== "string" || depth > 4) return value;
  try {
    return unwrap(JSON.parse(value), depth + 1);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
};

const settingsSchema = z
  .object({
    csv: z.object({ value: text, delimiter: text }).partial().nullish(),
    common: z.object({ excluderegex: text }).partial().nullish(),
    unpublish_event: flag.optional(),
  })
  .catch({})
  .transform(({ csv, common, unpublish_event }) => ({
    value: csv?.value ?? "",
    delimiter: csv?.delimiter ?? "",
    exclude: common?.excluderegex ?? "",
    notes:
      unpublish_event === true
        ? ["“Unpublish events” is not needed: nothing is published by itself here."]
        : [],
  }));

const listSchema = z
  .object({ OR: z.array(text).catch([]).default([]), NOT: z.array(text).catch([]).default([]) })
  .catch({ OR: [], NOT: [] })
  .transform(({ OR, NOT }) => ({ allow: OR.filter(Boolean), block: NOT.filter(Boolean) }));

const rulesSchema = z
  .object({
    tags: listSchema.optional(),
    orgs: listSchema.optional(),
    type_attributes: listSchema.optional(),
    type_objects: listSchema.optional(),
    url_params: z.unknown().optional(),
  })
  .catch({})
  .transform(({ tags, orgs, type_attributes, type_objects, url_params }) => {
    const since = sinceSchema.parse(unwrap(url_params));
    const days = /^(\d+)([dhm])$/.exec(since);
    const maxAgeDays = days ? Math.max(1, Math.ceil(Number(days[1]) / (PER_DAY[days[2] ?? "d"] ?? 1))) : null;
    const empty = { allow: [], block: [] };
    return {
      tags: tags ?? empty,
      orgs: orgs ?? empty,
      types: type_attributes ?? empty,
      maxAgeDays,
      notes: [
        ...(since !== "" && maxAgeDays === null
          ? [`The time filter “${since}” is left out: give the days yourself.`]
          : []),
        ...((type_objects?.allow.length ?? 0) + (type_objects?.block.length ?? 0) > 0
          ? [
              "Its filter by types of objects is left out: filter by types of attributes, tags or organisations.",
            ]
          : []),
      ],
    };
  });

const sinceSchema = z
  .object({ timestamp: text.optional(), publish_timestamp: text.optional() })
  .catch({})
  .transform(({ timestamp = "", publish_timestamp = "" }) =>
    timestamp === "" ? publish_timestamp : timestamp,
  );

const PER_DAY: Readonly<Record<string, number>> = { d: 1, h: 24, m: 1_440 };

/** Headers one per line; MISP keeps Basic auth among them. A value keeps its colons. */
const readHeaders = (lines: string): Partial<FeedSecrets> => {
  const headers: Record<string, string> = {};
  let auth: FeedSecrets["auth"] | undefined;
  for (const line of lines.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (IGNORED_HEADERS.has(name.toLowerCase())) continue;
    const basic = name.toLowerCase() === "authorization" ? readBasic(value) : null;
    if (basic) auth = basic;
    else headers[name] = value;
  }
  return { ...(Object.keys(headers).length > 0 && { headers }), ...(auth && { auth }) };
};

const readBasic = (value: string): FeedSecrets["auth"] | null => {
  const encoded = /^basic\s+([\w+/=-]+)$/i.exec(value)?.[1];
  if (encoded === undefined) return null;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon > 0
    ? { type: "basic", username: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
    : null;
};

// MISP sets these itself and ignores them in a feed.
const IGNORED_HEADERS = new Set(["commit", "misp-version", "misp-uuid", "user-agent"]);
