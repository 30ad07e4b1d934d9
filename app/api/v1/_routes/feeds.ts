import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import {
  FEED_KINDS,
  feedCreateSchema,
  feedPatchSchema,
  feedSettingsSchema,
  REMOVAL_POLICIES,
  VISIBILITIES,
} from "@/lib/domain/feed/feed";
import { MAX_UPLOAD_BYTES, uploadNameSchema } from "@/lib/domain/feed/upload";
import { TLPS } from "@/lib/domain/indicator/types";
import { createFeed } from "@/lib/services/feeds/create-feed";
import { deleteFeed } from "@/lib/services/feeds/delete-feed";
import { listFeeds } from "@/lib/services/feeds/list-feeds";
import { listRuns } from "@/lib/services/feeds/list-runs";
import { runFeedNow } from "@/lib/services/feeds/queue-run";
import { updateFeed } from "@/lib/services/feeds/update-feed";
import { uploadFile } from "@/lib/services/feeds/upload-file";

import { openFeed } from "./open-feed";
import { runSchema } from "./runs";

export const feedSchema = z.object({
  id: z.uuid(),
  team: z.string(),
  name: z.string(),
  provider: z.string(),
  kind: z.enum(FEED_KINDS),
  url: z.string().nullable().meta({
    description:
      "A key in it (apikey=, token=, sig= and the like) is sealed when it is saved; {sealed} stands for it. Sent back so, it stays as it is.",
  }),
  /** Kind `subscription`: the shared feed that is taken in. */
  sourceFeedId: z.uuid().nullable(),
  enabled: z.boolean(),
  everyMinutes: z.number().nullable(),
  nextRunAt: timeSchema.nullable(),
  visibility: z.enum(VISIBILITIES),
  headerNames: z.array(z.string()),
  headers: z
    .record(z.string(), z.string())
    .meta({ description: "By name; each value reads `•••`, since what goes in never comes out." }),
  authType: z.string(),
  ...feedSettingsSchema.shape,
  auth: z.object({ type: z.string() }),
  exclusionRegex: z.string().nullable(),
  cron: z.string().nullable(),
  timeZone: z.string().nullable(),
  graceRuns: z.number(),
  storeOnly: z.boolean(),
  sourceStoreOnly: z
    .boolean()
    .meta({ description: "Kind `subscription`: the shared feed's owner has it stored and never pushed." }),
  staleAfterMinutes: z.number().nullable(),
  removal: z.enum(REMOVAL_POLICIES),
  expiryDays: z.number().nullable(),
  confidence: z.number(),
  tlp: z.enum(TLPS),
  tags: z.array(z.string()),
  shrinkLimitPercent: z.number(),
  createdAt: timeSchema,
});

/** With how it fares, as a list shows it. */
export const feedWithHealthSchema = feedSchema.extend({
  lastRun: runSchema.nullable(),
  lastGoodRun: runSchema.nullable(),
  lastGoodRunAt: timeSchema.nullable(),
  heldRunId: z.uuid().nullable().meta({ description: "A run that waits for a person’s decision." }),
  refusedRunId: z
    .uuid()
    .nullable()
    .meta({ description: "A run that a person discarded; the source has given nothing else since." }),
  failureStreak: z.number().meta({ description: "Failed runs since the source last gave something." }),
  isStale: z.boolean().meta({ description: "No good run for longer than the feed allows." }),
  isOverdue: z
    .boolean()
    .meta({ description: "Its next run, or one that waits, is a whole interval late: nobody fetches it." }),
  barrenBecause: z
    .string()
    .nullable()
    .meta({ description: "Why nothing of the last good list is live; null when something is." }),
  active: z.number(),
  uniqueShare: z
    .number()
    .nullable()
    .meta({ description: "Of the active values, the share that no other feed of the team has." }),
  allowlistedShare: z
    .number()
    .nullable()
    .meta({ description: "Of the values of the list, the share that an allowlist keeps in." }),
});

export const listFeedsRoute = defineRoute({
  method: "GET",
  path: "/feeds",
  summary: "List feeds with how they fare",
  tags: ["Feeds"],
  permission: "feed.read",
  query: listQuerySchema.extend({ team: z.string().optional() }),
  answer: { status: 200, schema: pageOf(feedWithHealthSchema) },
  run: async ({ actor, query, inTeam }) => {
    const teamIds = query.team === undefined ? actor.teams.map(({ id }) => id) : [inTeam(query.team).id];
    const after = decodeCursor(query.cursor, z.tuple([z.uuid()]))?.[0] ?? null;
    const { feeds, next } = await listFeeds(actor, { teamIds, limit: query.limit, after });
    return { data: feeds, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const createFeedRoute = defineRoute({
  method: "POST",
  path: "/feeds",
  summary: "Add a feed",
  tags: ["Feeds"],
  permission: "feed.write",
  body: feedCreateSchema,
  answer: { status: 201, schema: feedSchema },
  run: ({ actor, body, inTeam }) => createFeed(actor, inTeam(body.team).id, body),
});

export const uploadFeedFileRoute = defineRoute({
  method: "POST",
  path: "/feeds/uploads",
  summary: "Upload a file for a feed",
  description:
    "Kept 15 minutes behind `previewId`: look at it with `POST /feeds/preview`, make a feed of kind `upload` of it, or give it to one with PATCH.",
  tags: ["Feeds"],
  permission: "feed.write",
  query: z.strictObject({ team: z.string(), name: uploadNameSchema }),
  file: {
    description: "The file as it is, of any media type: a list as text or JSON, also as .gz or .zip.",
    maxBytes: MAX_UPLOAD_BYTES,
  },
  answer: { status: 201, schema: z.object({ previewId: z.uuid(), bytes: z.number(), name: z.string() }) },
  run: ({ query, file, request, inTeam }) => {
    const contentType = request.headers.get("content-type");
    return uploadFile(inTeam(query.team).id, { bytes: file, name: query.name, contentType });
  },
});

export const getFeedRoute = defineRoute({
  method: "GET",
  path: "/feeds/{id}",
  summary: "Get a feed",
  tags: ["Feeds"],
  permission: "feed.read",
  params: idParamsSchema,
  answer: { status: 200, schema: feedSchema },
  run: ({ actor, params }) => openFeed(actor, params.id, "feed.read"),
});

export const updateFeedRoute = defineRoute({
  method: "PATCH",
  path: "/feeds/{id}",
  summary: "Change a feed's settings",
  description:
    "As JSON merge patch has it (RFC 7396): what is left out stays as it is, in `csv`, `json`, `misp`, `taxii`, `limits`, `guards`, `tls` and `expiryDaysByType` too; lists are replaced whole, and so are `headers` and `auth`.",
  tags: ["Feeds"],
  permission: "feed.write",
  params: idParamsSchema,
  body: feedPatchSchema,
  answer: { status: 200, schema: feedSchema },
  run: async ({ actor, params, body }) =>
    updateFeed(actor, await openFeed(actor, params.id, "feed.write"), body),
});

export const deleteFeedRoute = defineRoute({
  method: "DELETE",
  path: "/feeds/{id}",
  summary: "Take a feed out; what it alone vouched for leaves with the next plan",
  tags: ["Feeds"],
  permission: "feed.write",
  params: idParamsSchema,
  answer: { status: 200, schema: z.object({ removed: z.number() }) },
  run: async ({ actor, params }) => deleteFeed(actor, await openFeed(actor, params.id, "feed.write")),
});

export const runFeedRoute = defineRoute({
  method: "POST",
  path: "/feeds/{id}/runs",
  summary: "Run a feed now",
  tags: ["Feeds"],
  permission: "feed.write",
  params: idParamsSchema,
  answer: { status: 202, schema: z.object({ id: z.uuid() }) },
  run: async ({ actor, params }) => runFeedNow(actor, await openFeed(actor, params.id, "feed.write")),
});

export const listRunsRoute = defineRoute({
  method: "GET",
  path: "/feeds/{id}/runs",
  summary: "List a feed's runs, newest first",
  tags: ["Feeds"],
  permission: "feed.read",
  params: idParamsSchema,
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(runSchema) },
  run: async ({ actor, params, query }) => {
    const feed = await openFeed(actor, params.id, "feed.read");
    const before = decodeCursor(query.cursor, z.tuple([z.int32()]))?.[0] ?? null;
    const { runs, next } = await listRuns(feed, { limit: query.limit, before });
    return { data: runs, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});
