import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import type { TeamPermission } from "@/lib/domain/access/permissions";
import { INDICATOR_TYPES, TLPS } from "@/lib/domain/indicator/types";
import { checkRollBack } from "@/lib/services/feeds/check-roll-back";
import { compareRuns, type ComparisonPlace } from "@/lib/services/feeds/compare-runs";
import { listRunValues } from "@/lib/services/feeds/list-run-values";
import { getRun } from "@/lib/services/feeds/list-runs";
import { rollBackRun } from "@/lib/services/feeds/roll-back-run";

import { onItsWaySchema, reachSchema } from "./reach-schema";
import { runSchema } from "./runs";

// A foreign run and an unknown one are the same 404; a role that may not is 403.
const openRun = async (actor: Actor, runId: string, permission: TeamPermission) => {
  const run = await getRun(actor, runId);
  requireInTeam(actor, permission, run.teamId, "run");
  return run;
};

const waitingPlanSchema = z.object({
  ...{ id: z.uuid(), connectorId: z.uuid(), connector: z.string() },
  ...{ add: z.number(), change: z.number(), remove: z.number() },
});

export const checkRollBackRoute = defineRoute({
  method: "POST",
  path: "/runs/{id}/rollback/check",
  summary: "Say how much leaves each destination when the live generation is left",
  description:
    "What its plan would take back then: also what another feed names and the connector does not take. Nothing is changed.",
  tags: ["Runs"],
  permission: "feed.write",
  idempotent: false,
  params: idParamsSchema,
  answer: {
    status: 200,
    schema: z.object({
      destinations: z.array(z.object({ ...reachSchema, remove: z.number(), onItsWay: onItsWaySchema })),
    }),
  },
  run: async ({ actor, params }) => ({
    destinations: await checkRollBack(await openRun(actor, params.id, "feed.write")),
  }),
});

export const rollBackRunRoute = defineRoute({
  method: "POST",
  path: "/runs/{id}/rollback",
  summary: "Leave the live generation: the one before it is live again",
  description:
    "Only the run that is live can be left; repeat with the one that is live then to go further back. What other feeds vouch for stays. `rollback.liveNumber` is the number of the run that is live now, 0 when none is.",
  tags: ["Runs"],
  permission: "feed.write",
  params: idParamsSchema,
  answer: {
    status: 200,
    schema: runSchema.extend({
      rollback: z.object({
        liveNumber: z.number(),
        left: z.number(),
        returned: z.number(),
        restored: z.number(),
        plans: z.array(waitingPlanSchema).meta({
          description:
            "Made at connectors in review mode and, of what is to be taken back alone, at paused ones; automatic ones plan by themselves.",
        }),
      }),
    }),
  },
  run: async ({ actor, params }) => {
    const rollback = await rollBackRun(actor, await openRun(actor, params.id, "feed.write"));
    return { ...(await getRun(actor, params.id)), rollback };
  },
});

const runRowSchema = z.object({
  line: z.number(),
  raw: z.string(),
  values: z.array(
    z.object({
      id: z.uuid().nullable(),
      type: z.enum(INDICATOR_TYPES).nullable(),
      value: z.string(),
      outcome: z
        .enum(["added", "changed", "unchanged", "duplicate", "excluded", "allowlisted", "rejected"])
        .nullable(),
      reason: z.string().nullable(),
    }),
  ),
});

export const listRunValuesRoute = defineRoute({
  method: "GET",
  path: "/runs/{id}/values",
  summary: "List the rows of a run, each with what became of its values",
  description:
    "Read again from the bytes that are kept, by today's settings; `hasNewSettings` says whether these have changed since. `outcome` is null for a good value of a run that was never live.",
  tags: ["Runs"],
  permission: "feed.read",
  params: idParamsSchema,
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(runRowSchema).extend({ hasNewSettings: z.boolean() }) },
  run: async ({ actor, params, query: { limit, cursor } }) => {
    const run = await openRun(actor, params.id, "feed.read");
    const after = decodeCursor(cursor, z.tuple([z.int32().min(0)]))?.[0] ?? 0;
    const { rows, next, hasNewSettings } = await listRunValues(run, { limit, after });
    return { data: rows, nextCursor: next === null ? null : encodeCursor([next]), hasNewSettings };
  },
});

const comparedRowSchema = z.object({
  line: z.number(),
  confidence: z.number(),
  tlp: z.enum(TLPS),
  tags: z.array(z.string()),
  comment: z.string(),
  threatType: z.string(),
  validUntil: timeSchema.nullable(),
});
const comparedSchema = z.object({
  id: z.uuid(),
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  before: comparedRowSchema.nullable(),
  after: comparedRowSchema.nullable(),
});
const placeSchema = z
  .union([z.literal("end"), z.strictObject({ line: z.int32(), key: z.uuid() })])
  .nullable();
const placesSchema = z.strictObject({
  added: placeSchema,
  removed: placeSchema,
  changed: placeSchema,
}) satisfies z.ZodType<ComparisonPlace>;

export const compareRunsRoute = defineRoute({
  method: "GET",
  path: "/runs/{id}/compare/{other}",
  summary: "Compare a run with another one of its feed",
  description:
    "`added`: values that this run holds and the other lacks; `removed`: the other way round; `changed`: values of both with another context, `before` in the other run, `after` in this one. Held, discarded and rolled-back runs can be compared, too. The cursor leads through all three lists at once.",
  tags: ["Runs"],
  permission: "feed.read",
  params: z.strictObject({ id: z.uuid(), other: z.uuid() }),
  query: listQuerySchema,
  answer: {
    status: 200,
    schema: z.object({
      counts: z.object({
        added: z.number(),
        removed: z.number(),
        changed: z.number(),
        unchanged: z.number(),
      }),
      added: z.array(comparedSchema),
      removed: z.array(comparedSchema),
      changed: z.array(comparedSchema),
      hasNewSettings: z.boolean(),
      nextCursor: z.string().nullable(),
    }),
  },
  run: async ({ actor, params, query: { limit, cursor } }) => {
    const run = await openRun(actor, params.id, "feed.read");
    const after = decodeCursor(cursor, placesSchema) ?? null;
    const { next, ...comparison } = await compareRuns(run, params.other, { limit, after });
    return { ...comparison, nextCursor: next === null ? null : encodeCursor(next) };
  },
});
