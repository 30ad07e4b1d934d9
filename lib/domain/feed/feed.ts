import { z } from "zod";

import { TLPS } from "../indicator/types";
import { MERGED, mergePatchOf } from "../patch-fields";
import { csvSettingsSchema } from "./csv-settings";
import { exclusionRegexSchema } from "./exclusion-settings";
import { expiryByTypePatchSchema, expiryByTypeSchema, EXPIRY_BASES } from "./expiry-settings";
import { feedAuthSchema, feedHeadersSchema } from "./feed-secrets";
import { jsonSettingsSchema } from "./json-settings";
import { FEED_KINDS, isFetched, type FeedKind } from "./kinds";
import { guardsSchema, limitsSchema, tlsSchema } from "./limit-settings";
import { mispSettingsSchema } from "./misp-settings";
import { cronSchema, timeZoneSchema } from "./schedule-settings";
import { subscriptionPolicySchema } from "./subscription";
import { taxiiSettingsSchema } from "./taxii-settings";

/** Kinds that a person adds; `local` comes with the team, `subscription` with a subscription. */
const CREATABLE_KINDS = [
  "csv",
  "freetext",
  "json",
  "misp-feed",
  "misp-server",
  "taxii",
  "upload",
] as const satisfies readonly FeedKind[];

export const REMOVAL_POLICIES = ["mirror", "expire", "keep"] as const;
export type RemovalPolicy = (typeof REMOVAL_POLICIES)[number];
export const VISIBILITIES = ["team", "everyone"] as const;
/** How the bytes of an uploaded file are read. */
const UPLOAD_FORMATS = ["csv", "freetext", "json"] as const;

const webAddress = z
  .url({ protocol: /^https?$/, error: "Give an http or https address." })
  .max(2_000)
  .refine((text) => {
    // What is no address at all has its own message.
    if (!URL.canParse(text)) return true;
    const url = new URL(text);
    return url.username === "" && url.password === "";
  }, "Put the user name and password under “Sign-in and headers”, not into the address.");

/** How bytes become values; kept in `feed.settings`, whole, with every default filled in. */
const readingFields = {
  format: z.enum(UPLOAD_FORMATS),
  csv: csvSettingsSchema,
  json: jsonSettingsSchema,
  misp: mispSettingsSchema,
  taxii: taxiiSettingsSchema,
  /** Of a zip archive with several files the one that is read; a name, or a pattern with `*`. */
  zipEntry: z.string().trim().min(1).max(500).nullable(),
  exclusionRegex: exclusionRegexSchema.nullable(),
};
const policySettings = {
  limits: limitsSchema,
  guards: guardsSchema,
  tls: tlsSchema,
  expiryDaysByType: expiryByTypeSchema,
  expireFrom: z.enum(EXPIRY_BASES),
};

const readingDefaults = {
  format: readingFields.format.default("csv"),
  csv: readingFields.csv.prefault({}),
  json: readingFields.json.prefault({}),
  misp: readingFields.misp.prefault({}),
  taxii: readingFields.taxii.prefault({}),
  zipEntry: readingFields.zipEntry.default(null),
  exclusionRegex: readingFields.exclusionRegex.default(null),
};
const policyDefaults = {
  limits: policySettings.limits.prefault({}),
  guards: policySettings.guards.prefault({}),
  tls: policySettings.tls.prefault({}),
  expiryDaysByType: policySettings.expiryDaysByType.default({}),
  expireFrom: policySettings.expireFrom.default("lastSeen"),
};

/** What is kept in `feed.settings`; a field that an older release did not know has its default. */
export const feedSettingsSchema = z.object({
  ...readingDefaults,
  ...policyDefaults,
  /** Kind `subscription`: what is taken of the shared feed; it is set by subscribing. */
  subscription: subscriptionPolicySchema.nullable().default(null),
});
export type FeedSettings = z.infer<typeof feedSettingsSchema>;
type SettingsField = Exclude<keyof FeedSettings, "subscription">;
/** The settings that a change of a feed may name. */
export const SETTINGS_FIELDS = Object.keys({
  ...readingDefaults,
  ...policyDefaults,
}) as readonly SettingsField[];

/** What a person or a program may say of a feed; contracts call these fields by the same names. */
const feedFields = {
  name: z.string().trim().min(1, "Give the feed a name.").max(120, "Use at most 120 characters."),
  provider: z.string().trim().max(120, "Use at most 120 characters."),
  url: webAddress.nullable(),
  enabled: z.boolean(),
  everyMinutes: z
    .number()
    .int()
    .min(5, "No more often than every five minutes.")
    .max(43_200, "At least every 30 days.")
    .nullable(),
  cron: cronSchema.nullable(),
  timeZone: timeZoneSchema.nullable(),
  visibility: z.enum(VISIBILITIES),
  headers: feedHeadersSchema,
  auth: feedAuthSchema,
  removal: z.enum(REMOVAL_POLICIES),
  graceRuns: z.number().int().min(0).max(100),
  expiryDays: z.number().int().min(1).max(3_650).nullable(),
  storeOnly: z.boolean(),
  staleAfterMinutes: z.number().int().min(10).max(525_600).nullable(),
  confidence: z.number().int().min(0).max(100),
  tlp: z.enum(TLPS),
  tags: z.array(z.string().trim().min(1).max(100)).max(50),
  shrinkLimitPercent: z.number().int().min(0).max(100),
};

/** Of a feed whose marking nobody said. */
export const DEFAULT_TLP = "amber";

const createFields = {
  team: z.string(),
  kind: z.enum(CREATABLE_KINDS, {
    error: `This kind cannot be added; use one of: ${CREATABLE_KINDS.join(", ")}.`,
  }),
  name: feedFields.name,
  provider: feedFields.provider.default(""),
  url: feedFields.url.default(null),
  enabled: feedFields.enabled.default(true),
  /** Left out: hourly, unless `cron` says when. */
  everyMinutes: feedFields.everyMinutes.optional(),
  cron: feedFields.cron.default(null),
  timeZone: feedFields.timeZone.default(null),
  visibility: feedFields.visibility.default("team"),
  headers: feedFields.headers.default({}),
  auth: feedFields.auth.default({ type: "none" }),
  ...readingDefaults,
  removal: feedFields.removal.default("mirror"),
  graceRuns: feedFields.graceRuns.default(0),
  expiryDays: feedFields.expiryDays.default(null),
  ...policyDefaults,
  storeOnly: feedFields.storeOnly.default(false),
  staleAfterMinutes: feedFields.staleAfterMinutes.default(null),
  confidence: feedFields.confidence.default(50),
  tlp: feedFields.tlp.default(DEFAULT_TLP),
  tags: feedFields.tags.default([]),
  shrinkLimitPercent: feedFields.shrinkLimitPercent.default(20),
  /** Bytes already fetched or uploaded; an upload is made of them. */
  previewId: z.uuid().optional(),
};

type Checked = { kind: FeedKind; url: string | null; previewId?: string | undefined };

const needSource = ({ kind, url, previewId }: Checked, context: z.core.$RefinementCtx): void => {
  if (isFetched(kind) && url === null)
    context.addIssue({ code: "custom", path: ["url"], message: "Give an http or https address." });
  if (kind === "upload" && previewId === undefined)
    context.addIssue({ code: "custom", path: ["previewId"], message: "Choose a file first." });
};

type Timed = { kind: FeedKind; cron: string | null; everyMinutes?: number | null | undefined };

const needOneSchedule = ({ cron, everyMinutes }: Timed, context: z.core.$RefinementCtx): void => {
  if (cron !== null && typeof everyMinutes === "number")
    context.addIssue({ code: "custom", path: ["cron"], message: "Give minutes or a cron line, not both." });
};

/** A new feed has its schedule said: `cron`, or minutes, or (upload) none. */
const withSchedule = <Input extends Timed>(input: Input): Input & { everyMinutes: number | null } => ({
  ...input,
  everyMinutes:
    input.cron !== null || input.kind === "upload"
      ? null
      : input.everyMinutes === undefined
        ? 60
        : input.everyMinutes,
});

export const feedCreateSchema = z
  .strictObject(createFields)
  .superRefine(needSource)
  .superRefine(needOneSchedule)
  .transform(withSchedule);
export type FeedCreate = z.infer<typeof feedCreateSchema>;

const CLEARED = `${MERGED} null puts a field back to its default.`;

/** Settings that are objects: a patch names single fields of them, as RFC 7396 has it. */
const mergedSettings = {
  csv: mergePatchOf(csvSettingsSchema).meta({
    description: `${CLEARED} So are \`columns\`: null for one, and nothing is read there any more.`,
  }),
  json: mergePatchOf(jsonSettingsSchema).meta({
    description: `${CLEARED} So are \`fields\`: null for one, and nothing is read there any more.`,
  }),
  misp: mergePatchOf(mispSettingsSchema).meta({
    description: `${CLEARED} So are \`filters\`: null takes one away.`,
  }),
  taxii: mergePatchOf(taxiiSettingsSchema).meta({ description: CLEARED }),
  limits: mergePatchOf(limitsSchema).meta({ description: CLEARED }),
  guards: mergePatchOf(guardsSchema).meta({ description: CLEARED }),
  tls: mergePatchOf(tlsSchema).meta({ description: CLEARED }),
  expiryDaysByType: expiryByTypePatchSchema.meta({
    description: `${MERGED} null for a type: its days no longer differ.`,
  }),
};

/** The kind and the team of a feed stay; the rest may change. `previewId` is another file for a feed made of one. */
export const feedPatchSchema = z
  .strictObject({
    ...feedFields,
    ...readingFields,
    ...policySettings,
    ...mergedSettings,
    previewId: z.uuid(),
  })
  .partial();
export type FeedPatch = z.infer<typeof feedPatchSchema>;

/** An unsaved feed: the name does not matter yet, and bytes already fetched may be read again. */
export const feedPreviewSchema = z
  .strictObject({ ...createFields, name: createFields.name.optional() })
  .superRefine(needSource)
  .transform(withSchedule);
export type FeedPreview = z.infer<typeof feedPreviewSchema>;

/** A change of a saved feed, to be looked at before it is made. */
export const feedChangePreviewSchema = feedPatchSchema.safeExtend({ previewId: z.uuid().optional() });
export type FeedChangePreview = z.infer<typeof feedChangePreviewSchema>;

export { FEED_KINDS, type FeedKind };
