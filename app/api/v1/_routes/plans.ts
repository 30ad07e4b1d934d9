import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { TeamPermission } from "@/lib/domain/access/permissions";
import { INDICATOR_TYPES, TLPS } from "@/lib/domain/indicator/types";
import { planBudgetSchema } from "@/lib/domain/selection/cut";
import { applyPlan } from "@/lib/services/delivery/apply-plan";
import { createPlan } from "@/lib/services/delivery/create-plan";
import { getPlan } from "@/lib/services/delivery/get-plan";
import { getPlanFit } from "@/lib/services/delivery/get-plan-fit";
import { ITEM_OPERATIONS, listPlanItems } from "@/lib/services/delivery/list-plan-items";
import { listPlans } from "@/lib/services/delivery/list-plans";
import type { PlanView } from "@/lib/services/delivery/plan-view";

import { openConnector } from "./open-connector";
import { readPlace, writePlace } from "./place";

const planSchema = z.object({
  id: z.uuid(),
  connectorId: z.uuid(),
  state: z.enum(["draft", "applied", "stale"]),
  hash: z.string(),
  counts: z.object({
    add: z.number(),
    change: z.number(),
    remove: z.number(),
    keep: z.number(),
    blocked: z.number(),
  }),
  blockedByReason: z.record(z.string(), z.number()),
  budget: planBudgetSchema.nullable().meta({
    description:
      "What it took of the destination's places: `cut` is the last rank that has one, of `ranked`. Ranks are of all teams where the application may see them, else of the team's own.",
  }),
  createdAt: timeSchema,
  appliedAt: timeSchema.nullable(),
});

const planWithFitSchema = planSchema.extend({
  fit: z
    .object({
      limit: z.number(),
      free: z.number().nullable(),
      needed: z.number(),
      freed: z.number(),
      refused: z.number().nullable(),
      warning: z.string().nullable(),
    })
    .nullable(),
});

const shareSchema = z.object({
  action: z.string(),
  severity: z.string(),
  expiresAt: timeSchema,
  confidence: z.number(),
  tlp: z.enum(TLPS),
  feeds: z.array(
    z.object({ name: z.string(), comment: z.string(), threatType: z.string(), tags: z.array(z.string()) }),
  ),
});

const planItemSchema = z.object({
  indicatorId: z.string(),
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  operation: z.enum(ITEM_OPERATIONS),
  code: z.string(),
  reason: z.string(),
  action: z.string().nullable(),
  expiresAt: timeSchema.nullable(),
  rank: z.number().nullable(),
  cut: z.number().nullable(),
  before: shareSchema.nullable(),
  after: shareSchema.nullable(),
});

// A foreign plan and an unknown one are the same 404; a role that may not is 403.
const openPlan = async (actor: Actor, planId: string, permission: TeamPermission) => {
  const plan = await getPlan(actor, planId);
  requireInTeam(actor, permission, plan.teamId, "plan");
  return plan;
};

const withFit = async (plan: PlanView) => ({ ...plan, fit: await getPlanFit(plan) });

export const createPlanRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/plans",
  summary: "Plan what would change at the destination",
  description:
    "Sends nothing. With `?withdrawAll=true` it plans to take back all that stands. `fit` says whether what is added has room: `refused` of `needed` new records would be refused, null where nobody knows.",
  tags: ["Plans"],
  permission: "push.apply",
  params: idParamsSchema,
  query: z.strictObject({ withdrawAll: z.enum(["true", "false"]).default("false") }),
  answer: { status: 201, schema: planWithFitSchema },
  run: async ({ actor, params, query }) => {
    const { id: connectorId, teamId } = await openConnector(actor, params.id, "push.apply");
    const isWithdrawal = query.withdrawAll === "true";
    const { id } = await createPlan({ connectorId, teamId, doer: asDoer(actor), isWithdrawal });
    return withFit(await getPlan(actor, id));
  },
});

export const listPlansRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/plans",
  summary: "List a connector's plans, newest first",
  tags: ["Plans"],
  permission: "push.read",
  params: idParamsSchema,
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(planSchema) },
  run: async ({ actor, params, query: { limit, cursor } }) => {
    const connector = await openConnector(actor, params.id, "push.read");
    const { plans, next } = await listPlans(connector, { limit, after: readPlace(cursor) });
    return { data: plans, nextCursor: writePlace(next) };
  },
});

export const getPlanRoute = defineRoute({
  method: "GET",
  path: "/plans/{id}",
  summary: "Get a plan",
  tags: ["Plans"],
  permission: "push.read",
  params: idParamsSchema,
  answer: { status: 200, schema: planWithFitSchema },
  run: async ({ actor, params }) => withFit(await openPlan(actor, params.id, "push.read")),
});

export const listPlanItemsRoute = defineRoute({
  method: "GET",
  path: "/plans/{id}/items",
  summary: "List what a plan does to each indicator, and why",
  tags: ["Plans"],
  permission: "push.read",
  params: idParamsSchema,
  query: listQuerySchema.extend({
    operation: z.enum(ITEM_OPERATIONS).optional(),
    code: z.string().max(50).optional(),
  }),
  answer: { status: 200, schema: pageOf(planItemSchema) },
  run: async ({ actor, params, query }) => {
    const plan = await openPlan(actor, params.id, "push.read");
    const { operation, code, limit } = query;
    const after = decodeCursor(query.cursor, z.tuple([z.string()]))?.[0] ?? null;
    const { items, next } = await listPlanItems(plan, { operation, code, limit, after });
    return { data: items, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const applyPlanRoute = defineRoute({
  method: "POST",
  path: "/plans/{id}/apply",
  summary: "Hand a reviewed plan over to a push",
  description: "409 when the plan is not the one reviewed, or something planned changed since.",
  tags: ["Plans"],
  permission: "push.apply",
  params: idParamsSchema,
  body: z.strictObject({ hash: z.string().max(100) }),
  answer: { status: 202, schema: z.object({ id: z.uuid() }) },
  run: async ({ actor, params, body }) => {
    const { id: planId, teamId } = await openPlan(actor, params.id, "push.apply");
    return applyPlan({ planId, teamId, hash: body.hash, doer: asDoer(actor) });
  },
});
