import { z } from "zod";

import { TLPS } from "@/lib/domain/indicator/types";

import { csvSettingsSchema } from "./csv-settings";
import { exclusionRegexSchema } from "./exclusion-settings";

export const FEED_KINDS = [
  "csv",
  "freetext",
  "json",
  "misp-feed",
  "misp-server",
  "taxii",
  "upload",
  "local",
] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

/** Kinds that can be created today; `local` comes with the team. */
const CREATABLE_KINDS = ["csv", "freetext"] as const satisfies readonly FeedKind[];

export const REMOVAL_POLICIES = ["mirror", "expire", "keep"] as const;
export type RemovalPolicy = (typeof REMOVAL_POLICIES)[number];
export const VISIBILITIES = ["team", "everyone"] as const;

const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]{1,100}$/;
// Set by us for every request; a feed that names them would break the conversation.
const RESERVED_HEADERS = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "accept-encoding",
]);

const feedHeadersSchema = z
  .record(
    z
      .string()
      .regex(HEADER_NAME, "A header's name has letters, digits and dashes only.")
      .refine((name) => !RESERVED_HEADERS.has(name.toLowerCase()), "This header is set by Sluice itself."),
    z
      .string()
      .max(4_000)
      .regex(/^[\t\u{20}-\u{7E}\u{80}-\u{FF}]*$/u, "A header's value is one line of plain text."),
  )
  .refine((headers) => Object.keys(headers).length <= 20, "At most 20 headers.");

const feedAuthSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z.strictObject({
    type: z.literal("basic"),
    username: z.string().min(1, "Give the user name.").max(500),
    password: z.string().max(1_000),
  }),
  z.strictObject({ type: z.literal("bearer"), token: z.string().min(1, "Give the token.").max(8_000) }),
  z.strictObject({ type: z.literal("misp"), key: z.string().min(1, "Give the key.").max(500) }),
]);

/** What is sealed of a feed. */
export const feedSecretsSchema = z.object({ headers: feedHeadersSchema, auth: feedAuthSchema });
export type FeedSecrets = z.infer<typeof feedSecretsSchema>;

const webAddress = z
  .url({ protocol: /^https?$/, error: "Give an http or https address." })
  .max(2_000)
  .refine((text) => {
    // What is no address at all has its own message.
    if (!URL.canParse(text)) return true;
    const url = new URL(text);
    return url.username === "" && url.password === "";
  }, "Put the user name and password under Authentication, not into the address.");

/** What a person or a program may say of a feed; contracts call these fields by the same names. */
const feedFields = {
  name: z.string().trim().min(1, "Give the feed a name.").max(120),
  provider: z.string().trim().max(120),
  url: webAddress,
  enabled: z.boolean(),
  everyMinutes: z
    .number()
    .int()
    .min(5, "No more often than every five minutes.")
    .max(43_200, "At least every 30 days.")
    .nullable(),
  visibility: z.enum(VISIBILITIES),
  headers: feedHeadersSchema,
  auth: feedAuthSchema,
  csv: csvSettingsSchema,
  exclusionRegex: exclusionRegexSchema.nullable(),
  removal: z.enum(REMOVAL_POLICIES),
  expiryDays: z.number().int().min(1).max(3_650).nullable(),
  confidence: z.number().int().min(0).max(100),
  tlp: z.enum(TLPS),
  tags: z.array(z.string().trim().min(1).max(100)).max(50),
  shrinkLimitPercent: z.number().int().min(0).max(100),
};

export const feedCreateSchema = z.strictObject({
  team: z.string(),
  kind: z.enum(CREATABLE_KINDS, {
    error: `This kind cannot be added yet; use one of: ${CREATABLE_KINDS.join(", ")}.`,
  }),
  name: feedFields.name,
  provider: feedFields.provider.default(""),
  url: feedFields.url,
  enabled: feedFields.enabled.default(true),
  everyMinutes: feedFields.everyMinutes.default(60),
  visibility: feedFields.visibility.default("team"),
  headers: feedFields.headers.default({}),
  auth: feedFields.auth.default({ type: "none" }),
  csv: feedFields.csv.prefault({}),
  exclusionRegex: feedFields.exclusionRegex.default(null),
  removal: feedFields.removal.default("mirror"),
  expiryDays: feedFields.expiryDays.default(null),
  confidence: feedFields.confidence.default(50),
  tlp: feedFields.tlp.default("amber"),
  tags: feedFields.tags.default([]),
  shrinkLimitPercent: feedFields.shrinkLimitPercent.default(20),
});
export type FeedCreate = z.infer<typeof feedCreateSchema>;

/** The kind and the team of a feed stay; the rest may change. */
export const feedPatchSchema = z.strictObject(feedFields).partial();
export type FeedPatch = z.infer<typeof feedPatchSchema>;

/** An unsaved feed: the name does not matter yet, and bytes already fetched may be read again. */
export const feedPreviewSchema = feedCreateSchema.partial({ name: true }).extend({
  previewId: z.uuid().optional(),
});
export type FeedPreview = z.infer<typeof feedPreviewSchema>;

/** A change of a saved feed, to be looked at before it is made. */
export const feedChangePreviewSchema = feedPatchSchema.safeExtend({ previewId: z.uuid().optional() });
export type FeedChangePreview = z.infer<typeof feedChangePreviewSchema>;

/** What the parsers need, as kept in `feed.settings`. */
export const feedSettingsSchema = z.object({
  csv: csvSettingsSchema.prefault({}),
  exclusionRegex: exclusionRegexSchema.nullable().default(null),
});
