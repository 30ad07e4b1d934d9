import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import { asDoer } from "@/lib/domain/access/actor";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { getPush } from "@/lib/services/delivery/get-push";
import { listRaised } from "@/lib/services/reconcile/list-raised";
import { listPushes } from "@/lib/services/delivery/list-pushes";
import { resumePush } from "@/lib/services/delivery/resume-push";

import { openConnector } from "./open-connector";
import { readPlace, writePlace } from "./place";
import { standingSchema } from "./standing-schema";

const pushSchema = z.object({
  id: z.uuid(),
  planId: z.uuid(),
  connectorId: z.uuid(),
  state: z.enum(["queued", "running", "done", "stopped"]),
  counts: z.object({
    planned: z.number(),
    accepted: z.number(),
    failed: z.number(),
    removed: z.number(),
    skipped: z.number(),
  }),
  message: z.string().nullable(),
  waitingSince: timeSchema.nullable().meta({
    description:
      "Since when the destination does not answer; null while it does. The push goes on by itself.",
  }),
  failures: z.array(
    z.object({
      indicatorId: z.string(),
      type: z.enum(INDICATOR_TYPES),
      value: z.string(),
      operation: z.string(),
      reason: z.string(),
      advice: z
        .string()
        .nullable()
        .meta({ description: "What can be done about a refusal of a known kind." }),
    }),
  ),
  raised: z
    .object({
      count: z.number(),
      records: z.array(
        z.object({
          indicatorId: z.string(),
          type: z.enum(INDICATOR_TYPES),
          value: z.string(),
          standing: standingSchema,
        }),
      ),
    })
    .meta({ description: "What stands stricter than it was planned, because of others; the first hundred." }),
  queuedAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
});

export const listPushesRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/pushes",
  summary: "List a connector's pushes, newest first",
  description: "Without the failures, which each push has by itself.",
  tags: ["Pushes"],
  permission: "push.read",
  params: idParamsSchema,
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(pushSchema.omit({ failures: true, raised: true })) },
  run: async ({ actor, params, query: { limit, cursor } }) => {
    const connector = await openConnector(actor, params.id, "push.read");
    const { pushes, next } = await listPushes(connector, { limit, after: readPlace(cursor) });
    return { data: pushes, nextCursor: writePlace(next) };
  },
});

const RAISED_SHOWN = 100;

const withRaised = async (push: Awaited<ReturnType<typeof getPush>>) => ({
  ...push,
  raised: await listRaised(push, { limit: RAISED_SHOWN, pushId: push.id }),
});

export const getPushRoute = defineRoute({
  method: "GET",
  path: "/pushes/{id}",
  summary: "Get a push with its counts and the first hundred failures",
  tags: ["Pushes"],
  permission: "push.read",
  params: idParamsSchema,
  answer: { status: 200, schema: pushSchema },
  run: async ({ actor, params }) => {
    const push = await getPush(actor, params.id);
    requireInTeam(actor, "push.read", push.teamId, "push");
    return withRaised(push);
  },
});

export const resumePushRoute = defineRoute({
  method: "POST",
  path: "/pushes/{id}/resume",
  summary: "Go on with a stopped push, or try at once with one that waits for its destination",
  tags: ["Pushes"],
  permission: "push.apply",
  params: idParamsSchema,
  answer: { status: 202, schema: pushSchema },
  run: async ({ actor, params }) => {
    const { id: pushId, teamId } = await getPush(actor, params.id);
    requireInTeam(actor, "push.apply", teamId, "push");
    await resumePush({ pushId, teamId, doer: asDoer(actor) });
    return withRaised(await getPush(actor, pushId));
  },
});
