import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import { acceptRun, discardRun } from "@/lib/services/feeds/decide-run";
import { getRun, listRejections } from "@/lib/services/feeds/list-runs";

export const runSchema = z.object({
  id: z.uuid(),
  feedId: z.uuid(),
  number: z.number(),
  state: z.enum([
    "queued",
    "running",
    "succeeded",
    "unchanged",
    "held",
    "failed",
    "discarded",
    "rolled-back",
  ]),
  extent: z.enum(["full", "delta"]),
  trigger: z.string(),
  queuedAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  bytes: z.number().nullable(),
  counts: z.object({
    lines: z.number(),
    values: z.number(),
    added: z.number(),
    changed: z.number(),
    unchanged: z.number(),
    duplicate: z.number(),
    excluded: z.number(),
    allowlisted: z.number(),
    rejected: z.number(),
    removed: z.number(),
    active: z.number(),
  }),
  rejectedByReason: z.record(z.string(), z.number()),
  excludedByReason: z.record(z.string(), z.number()),
  countsByType: z.record(z.string(), z.number()),
  notes: z.array(z.object({ subject: z.string(), message: z.string() })),
  noteCount: z.number(),
  unique: z
    .number()
    .nullable()
    .meta({ description: "Of the active values those that no other feed of the team had after this run." }),
  sameAs: z.number().nullable().meta({
    description: "The source gave again what this run of the feed had, which is held or was discarded.",
  }),
  error: z.object({ code: z.string(), message: z.string(), retry: z.enum(["never", "later"]) }).nullable(),
});

export const getRunRoute = defineRoute({
  method: "GET",
  path: "/runs/{id}",
  summary: "Get a run with its counts",
  tags: ["Runs"],
  permission: "feed.read",
  params: idParamsSchema,
  answer: { status: 200, schema: runSchema },
  run: async ({ actor, params }) => {
    const run = await getRun(actor, params.id);
    requireInTeam(actor, "feed.read", run.teamId, "run");
    return run;
  },
});

const rejectionSchema = z.object({ line: z.number(), raw: z.string(), code: z.string(), reason: z.string() });

export const listRejectionsRoute = defineRoute({
  method: "GET",
  path: "/runs/{id}/rejections",
  summary: "List the rejected rows of a run with line, text and reason",
  description:
    "1,000 are kept: the first ones, and of every reason some; `rejectedByReason` of the run counts them all.",
  tags: ["Runs"],
  permission: "feed.read",
  params: idParamsSchema,
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(rejectionSchema) },
  run: async ({ actor, params, query: { limit, cursor } }) => {
    const run = await getRun(actor, params.id);
    requireInTeam(actor, "feed.read", run.teamId, "run");
    const after = decodeCursor(cursor, z.tuple([z.int32()]))?.[0] ?? 0;
    const rows = await listRejections(run, { limit: limit + 1, after });
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return { data: page, nextCursor: last ? encodeCursor([last.ordinal]) : null };
  },
});

type Decision = { decision: "accept" | "discard"; summary: string; description: string };

const decisionRoute = ({ decision, ...words }: Decision, decide: typeof acceptRun) =>
  defineRoute({
    method: "POST",
    path: `/runs/{id}/${decision}`,
    ...words,
    tags: ["Runs"],
    permission: "feed.write",
    params: idParamsSchema,
    answer: { status: 202, schema: runSchema },
    run: async ({ actor, params }) => {
      const run = await getRun(actor, params.id);
      requireInTeam(actor, "feed.write", run.teamId, "run");
      await decide(actor, run);
      return getRun(actor, params.id);
    },
  });

export const acceptRunRoute = decisionRoute(
  {
    decision: "accept",
    summary: "Let a run through that is held, was discarded, or was left by rollback",
    description:
      "A discarded one only while the source gives nothing else and its list is kept; of those that were left by rollback the last one, which is live again then. `conflict` otherwise, and when a newer run is live or under way.",
  },
  acceptRun,
);
export const discardRunRoute = decisionRoute(
  {
    decision: "discard",
    summary: "Drop a held run",
    description: "The same list is not asked about again. `conflict` when the run is not held.",
  },
  discardRun,
);
