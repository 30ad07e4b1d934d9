import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam, unknown } from "@/lib/auth/require";
import { can, type Actor } from "@/lib/domain/access/actor";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { RECALL_KINDS } from "@/lib/domain/screening/recall";
import { readTarget, recallCheckSchema, recallCreateSchema } from "@/lib/domain/screening/recall-input";
import { checkRecall } from "@/lib/services/recalls/check-recall";
import { checkRecallLift } from "@/lib/services/recalls/check-recall-lift";
import { createRecall, liftRecall } from "@/lib/services/recalls/create-recall";
import { getRecall, listRecalls } from "@/lib/services/recalls/get-recall";
import { getRecallProgress } from "@/lib/services/recalls/get-recall-progress";
import type { RecallView } from "@/lib/services/recalls/recall-view";

import { reachSchema } from "./reach-schema";

const recallSchema = z.object({
  id: z.uuid(),
  team: z.string().nullable().meta({ description: "Null: of every team." }),
  kind: z.enum(RECALL_KINDS),
  value: z.string(),
  reason: z.string(),
  until: timeSchema.nullable(),
  createdAt: timeSchema,
  createdBy: z.string(),
  carriedOutAt: timeSchema
    .nullable()
    .meta({ description: "When all that was to be removed had been handed over to pushes." }),
  liftedAt: timeSchema.nullable(),
  liftedBy: z.string().nullable(),
  isStanding: z.boolean(),
});

const toAnswer = (actor: Actor, { teamId, ...recall }: RecallView) => ({
  ...recall,
  team: actor.teams.find(({ id }) => id === teamId)?.slug ?? null,
});

export const createRecallRoute = defineRoute({
  method: "POST",
  path: "/recalls",
  summary: "Take a value, a domain with what lies below it, or a network back at once",
  description:
    "In a team: its own claims end and its own connectors remove them, before all other traffic. `everywhere` is an administrator's. While it stands, no feed brings any of it back.",
  tags: ["Recalls"],
  permission: "recall.write",
  body: recallCreateSchema,
  answer: { status: 201, schema: recallSchema },
  run: async ({ actor, body, inTeam }) => {
    const kind = RECALL_KINDS.find((one) => body[one] !== undefined) ?? "value";
    const teamId = body.team === undefined ? null : inTeam(body.team).id;
    const target = readTarget(kind, body[kind] ?? "");
    const until = body.until === null ? null : new Date(body.until);
    return toAnswer(actor, await createRecall(actor, teamId, { target, reason: body.reason, until }));
  },
});

export const checkRecallRoute = defineRoute({
  method: "POST",
  path: "/recalls/check",
  summary: "Say what a recall in a team would take back, before it does",
  description: "Nothing is changed.",
  tags: ["Recalls"],
  permission: "recall.write",
  idempotent: false,
  body: recallCheckSchema,
  answer: {
    status: 200,
    schema: z.object({
      matched: z.number(),
      isPartial: z.boolean().meta({
        description: "There was no time to look at everything: it takes back at least so much.",
      }),
      byType: z.array(z.object({ type: z.enum(INDICATOR_TYPES), count: z.number() })),
      samples: z.array(z.object({ id: z.uuid(), type: z.enum(INDICATOR_TYPES), value: z.string() })),
      destinations: z.array(z.object({ connectorId: z.uuid(), connector: z.string(), count: z.number() })),
    }),
  },
  run: async ({ actor, body, inTeam }) => {
    const kind = RECALL_KINDS.find((one) => body[one] !== undefined) ?? "value";
    const { matched, isPartial, byType, samples, destinations } = await checkRecall(
      actor,
      inTeam(body.team).id,
      readTarget(kind, body[kind] ?? ""),
    );
    return {
      ...{ matched, isPartial, byType, destinations },
      samples: samples.map(({ id, type, value }) => ({ id, type, value })),
    };
  },
});

export const listRecallsRoute = defineRoute({
  method: "GET",
  path: "/recalls",
  summary: "List recalls, newest first",
  tags: ["Recalls"],
  permission: "indicator.read",
  query: z.strictObject({ team: z.string().optional() }),
  answer: { status: 200, schema: pageOf(recallSchema) },
  run: async ({ actor, query, inTeam }) => {
    const teamIds = query.team === undefined ? actor.teams.map(({ id }) => id) : [inTeam(query.team).id];
    const recalls = await listRecalls(actor, teamIds);
    return { data: recalls.map((recall) => toAnswer(actor, recall)), nextCursor: null };
  },
});

export const getRecallRoute = defineRoute({
  method: "GET",
  path: "/recalls/{id}",
  summary: "How far a recall is: what it met, and what became of it at each connector",
  tags: ["Recalls"],
  permission: "indicator.read",
  params: idParamsSchema,
  answer: {
    status: 200,
    schema: recallSchema.extend({
      matched: z.number(),
      isRemoved: z.boolean().meta({
        description:
          "Every removal was accepted, and seen where a destination can be read back. Records that `left` counts stay there for another team.",
      }),
      isGone: z.boolean().meta({ description: "Nothing of it stands anywhere any more, confirmed." }),
      at: z.array(
        z.object({
          connectorId: z.uuid(),
          connector: z.string(),
          isEnabled: z.boolean(),
          isSendingOff: z.boolean().meta({
            description: "Its sending is switched off: until it is on again nothing is removed there.",
          }),
          isReadable: z.boolean().meta({ description: "Whether what stands there can be read back." }),
          sent: z.number(),
          gone: z.number().meta({ description: "Seen to be gone." }),
          left: z.number().meta({
            description: "Ended for your team; a record stays there for another team that also wants it.",
          }),
          accepted: z.number().meta({
            description: "The removal was accepted where nothing can be read back: never confirmed.",
          }),
          underWay: z.number(),
          stopped: z.number(),
          stop: z
            .object({ pushId: z.uuid(), by: z.string().nullable(), message: z.string().nullable() })
            .nullable()
            .meta({ description: "The push that was stopped; `by` is null where it could not go on." }),
          failed: z
            .number()
            .meta({ description: "Not removed: refused, or accepted and never seen to be gone." }),
          reason: z.string().nullable(),
        }),
      ),
    }),
  },
  run: async ({ actor, params }) => {
    const recall = await getRecall(actor, params.id);
    const teamIds = actor.teams.flatMap(({ id }) => (can(actor, "indicator.read", id) ? [id] : []));
    return { ...toAnswer(actor, recall), ...(await getRecallProgress(actor, recall, teamIds)) };
  },
});

export const checkRecallLiftRoute = defineRoute({
  method: "POST",
  path: "/recalls/{id}/lift/check",
  summary: "Say what comes back in a team when a recall is lifted",
  description:
    "`returning`: what some feed still vouches for; it is active again unless a list is on it. `destinations`: where of these something stood. Nothing is changed.",
  tags: ["Recalls"],
  permission: "recall.write",
  idempotent: false,
  params: idParamsSchema,
  body: z.strictObject({ team: z.string() }),
  answer: {
    status: 200,
    schema: z.object({
      returning: z.number(),
      destinations: z.array(z.object({ ...reachSchema, count: z.number() })),
    }),
  },
  run: async ({ actor, params, body, inTeam }) => {
    const { id: teamId } = inTeam(body.team);
    const recall = await getRecall(actor, params.id);
    if (recall.teamId !== null && recall.teamId !== teamId) throw unknown("recall");
    const { returning, at } = await checkRecallLift(teamId, recall.id);
    return { returning, destinations: at };
  },
});

export const liftRecallRoute = defineRoute({
  method: "POST",
  path: "/recalls/{id}/lift",
  summary: "End a recall: what is still vouched for goes out again with the next plan",
  tags: ["Recalls"],
  permission: "recall.write",
  params: idParamsSchema,
  answer: { status: 204 },
  run: async ({ actor, params }) => {
    const recall = await getRecall(actor, params.id);
    if (recall.teamId !== null) requireInTeam(actor, "recall.write", recall.teamId, "recall");
    await liftRecall(actor, recall);
  },
});
