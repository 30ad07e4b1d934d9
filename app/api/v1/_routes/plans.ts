import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { FileAnswer } from "@/lib/api/file-answer";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { TeamPermission } from "@/lib/domain/access/permissions";
import { placesKeptUntil } from "@/lib/domain/delivery/plan-places";
import { isNarrowed, ITEM_OPERATIONS, planItemFilterSchema } from "@/lib/domain/delivery/plan-item-filter";
import { AppError } from "@/lib/domain/errors";
import { INDICATOR_TYPES, TLPS } from "@/lib/domain/indicator/types";
import { planBudgetSchema } from "@/lib/domain/selection/cut";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { approvePlan } from "@/lib/services/planning/approve-plan";
import { createPlan } from "@/lib/services/planning/create-plan";
import { planInSight } from "@/lib/services/planning/plan-in-sight";
import { countOverlap } from "@/lib/services/planning/foresee-plan";
import { exportPlan, PLAN_FORMATS } from "@/lib/services/planning/export-plan";
import { getPlan } from "@/lib/services/planning/get-plan";
import { getPlanApproval } from "@/lib/services/planning/get-plan-approval";
import { getPlanBlast } from "@/lib/services/planning/get-plan-blast";
import { getPlanFit } from "@/lib/services/planning/get-plan-fit";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { listPlans } from "@/lib/services/planning/list-plans";
import { NOTHING_TO_REMOVE, planRemovals } from "@/lib/services/planning/plan-removals";
import type { PlanView } from "@/lib/services/planning/plan-view";
import { ITEM_SORTS } from "@/lib/services/planning/select-plan-items";

import { FILE_TYPES } from "./file-types";
import { openConnector } from "./open-connector";
import { outlookFields, readOutlook } from "./plan-outlook";
import { readPlace, writePlace } from "./place";
import { standingSchema } from "./standing-schema";

const reasonsSchema = z.record(z.string(), z.number());

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
  blockedByReason: reasonsSchema,
  changesByReason: z
    .object({
      add: reasonsSchema.optional(),
      change: reasonsSchema.optional(),
      remove: reasonsSchema.optional(),
    })
    .meta({ description: "How many of each operation have which `code`." }),
  isPartial: z.boolean().meta({ description: "Of some values alone, such as what a recall takes back." }),
  budget: planBudgetSchema.nullable().meta({
    description:
      "What it took of the destination's places: `cut` is the last rank that has one, of `ranked`. Ranks are of all teams where the application may see them, else of the team's own.",
  }),
  createdAt: timeSchema,
  appliedAt: timeSchema.nullable(),
  approvedAt: timeSchema.nullable(),
  approvedBy: z.string().nullable(),
  unreadBecause: z.string().nullable().meta({
    description:
      "Why the Defender tenant could not be read for what others hold there; null where it was within a day, or the application sees its own records alone. It is read before anything is sent.",
  }),
  waitsBecause: z.string().nullable().meta({
    description: "Why an automatic connector leaves it to a person: what is more than its `automaticLimits`.",
  }),
  staleBecause: z.string().nullable().meta({
    description:
      "What of it had changed when somebody wanted to apply it; null while it is not stale by that.",
  }),
  newer: z.uuid().nullable().meta({
    description:
      "The connector's newest whole plan that is not stale, where it was made after this one; null for one that was applied.",
  }),
  push: z
    .object({
      id: z.uuid(),
      state: z.enum(["queued", "running", "done", "stopped"]),
      counts: z.object({
        planned: z.number(),
        accepted: z.number(),
        failed: z.number(),
        removed: z.number(),
        skipped: z.number(),
      }),
    })
    .nullable()
    .meta({ description: "What carries it out, once it is applied, and how far that has come." }),
  superseded: z.object({ by: z.uuid().nullable() }).nullable().meta({
    description:
      "Null, or: a newer plan took its place and its items are gone; `by` is the connector's newest, while there is one.",
  }),
  listsBlocked: z.boolean().meta({
    description:
      "False once what an applied plan left out is not listed any more, but only counted: a newer plan says what stays out now.",
  }),
});

const planWithFitSchema = planSchema.extend({
  placesUntil: timeSchema.nullable().meta({
    description:
      "Until when what it adds is counted where places at a Defender tenant are given out; not applied by then, they are free for others and it has to be made anew. Null where it keeps none.",
  }),
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
  approval: z
    .object({
      reasons: z.array(z.string()),
      othersMayApply: z.boolean(),
      canApprove: z.boolean(),
      takesTwo: z.boolean(),
      canApply: z.boolean(),
    })
    .meta({
      description:
        "What is more than you may apply alone, together with what you applied at this connector within the last hour without anybody's approval; no reasons: nothing is. `othersMayApply`: the reasons are yours alone. `takesTwo`: no person made it, so whoever approves it may not apply it. `canApply`: nothing about approving keeps you from applying it now.",
    }),
  blast: z
    .object({
      toBlock: z.number(),
      told: z.number(),
      seen: z.number(),
      mostDevices: z.number(),
      toldSince: z.number(),
    })
    .nullable()
    .meta({
      description:
        "How far what it would block is seen in the tenant: `told` of `toBlock` are known, `seen` on at least one device, the widest on `mostDevices`. `toldSince` waited in it and are known now. Null: it blocks nothing, or is not to be applied any more.",
    }),
  overlap: z
    .object({ joins: z.number(), stricter: z.number(), raises: z.number(), lowers: z.number() })
    .meta({
      description:
        "Of its items: how many join a record of others, stand stricter than wanted, and become stricter or milder for others.",
    }),
  ...outlookFields,
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

/** Of each operation, as a first look. */
const SAMPLE = 5;

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
  listed: z
    .object({
      confidence: z.number(),
      tlp: z.enum(TLPS),
      feeds: z.array(z.string()),
      tags: z.array(z.string()),
    })
    .nullable()
    .meta({
      description:
        "What the team's list says now of what is not to stand there; of an address, what it says of its network. Null where it does not know it.",
    }),
  devices: z.number().nullable().meta({
    description:
      "Devices of the tenant that saw it in the last 30 days (of a longer URL: its host); null: Defender did not tell.",
  }),
  lastSeen: timeSchema.nullable(),
  askedAt: timeSchema.nullable(),
  near: z.string().nullable().meta({ description: "What on an allowlist it is close to." }),
  dispute: z.string().nullable().meta({ description: "What another team says against it." }),
  standing: standingSchema.nullable().meta({
    description:
      "What will stand there where others claim the record, too, as their claims are now; null where nobody else does.",
  }),
});

// A foreign plan and an unknown one are the same 404; a role that may not is 403.
const openPlan = async (actor: Actor, planId: string, permission: TeamPermission) => {
  const plan = await getPlan(actor, planId);
  requireInTeam(actor, permission, plan.teamId, "plan");
  return plan;
};

const withFit = async (actor: Actor, plan: PlanView) => {
  const [fit, approval, blast, overlap, outlook] = await Promise.all([
    getPlanFit(plan),
    getPlanApproval(actor, plan),
    getPlanBlast(plan),
    countOverlap(plan),
    readOutlook(actor, plan),
  ]);
  return { ...plan, placesUntil: placesKeptUntil(plan), fit, approval, blast, overlap, ...outlook };
};

const sampleOf = async (plan: PlanView) => {
  const of = async (operation: (typeof ITEM_OPERATIONS)[number]) =>
    (await listPlanItems(plan, { operation, limit: SAMPLE, after: null })).items;
  const [add, change, remove, blocked] = await Promise.all(ITEM_OPERATIONS.map(of));
  return { add: add ?? [], change: change ?? [], remove: remove ?? [], blocked: blocked ?? [] };
};

export const createPlanRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/plans",
  summary: "Plan what would change at the destination",
  description:
    "Sends nothing. With `?withdrawAll=true` it plans to take back all that stands; with `?retryRefused=true` what the destination refused for good, or never answered and somebody left out, is tried once more; with `?removalsOnly=true` only what stands there and is not wanted any more is taken back: such a plan can be applied while the connector is paused, and 409 says that there is nothing to take back. `fit` says whether what is added has room: `refused` of `needed` new records would be refused, null where nobody knows. The answer comes once the plan is made, which takes a while where there are hundreds of thousands of candidates: whoever gives up before finds in `planning` of the connector how that stands, and the plan among the others.",
  tags: ["Plans"],
  permission: "push.apply",
  params: idParamsSchema,
  query: z.strictObject({
    withdrawAll: z.enum(["true", "false"]).default("false"),
    retryRefused: z.enum(["true", "false"]).default("false"),
    removalsOnly: z.enum(["true", "false"]).default("false"),
  }),
  answer: { status: 201, schema: planWithFitSchema },
  run: async ({ actor, params, query }) => {
    const { id: connectorId, teamId } = await openConnector(actor, params.id, "push.apply");
    const planning = { connectorId, teamId, doer: asDoer(actor) };
    const isWithdrawal = query.withdrawAll === "true";
    const retriesRefused = query.retryRefused === "true";
    const asked = await planInSight(planning, () =>
      query.removalsOnly === "true"
        ? planRemovals({ ...planning, isAsked: true })
        : createPlan({ ...planning, isWithdrawal, retriesRefused }),
    );
    const made = asked.status === "made" ? asked.plan : await asked.end;
    if (made === null) throw new AppError("conflict", NOTHING_TO_REMOVE);
    return withFit(actor, await getPlan(actor, made.id));
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
  answer: {
    status: 200,
    schema: planWithFitSchema.extend({
      sample: z
        .record(z.enum(ITEM_OPERATIONS), z.array(planItemSchema))
        .meta({ description: `The first ${String(SAMPLE)} items of each operation.` }),
    }),
  },
  run: async ({ actor, params }) => {
    const plan = await openPlan(actor, params.id, "push.read");
    return { ...(await withFit(actor, plan)), sample: await sampleOf(plan) };
  },
});

export const listPlanItemsRoute = defineRoute({
  method: "GET",
  path: "/plans/{id}/items",
  summary: "List what a plan does to each indicator, and why",
  tags: ["Plans"],
  permission: "push.read",
  params: idParamsSchema,
  query: listQuerySchema.extend({
    ...planItemFilterSchema.shape,
    sort: z
      .enum(ITEM_SORTS)
      .default("row")
      .meta({ description: "`devices`: what most devices saw comes first." }),
  }),
  answer: { status: 200, schema: pageOf(planItemSchema) },
  run: async ({ actor, params, query }) => {
    const plan = await openPlan(actor, params.id, "push.read");
    const { cursor, ...asked } = query;
    const after = decodeCursor(cursor, z.tuple([z.string()]))?.[0] ?? null;
    const { items, next } = await listPlanItems(plan, { ...asked, after });
    return { data: items, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const downloadPlanRoute = defineRoute({
  method: "GET",
  path: "/plans/{id}/download",
  summary: "Download the items of a plan",
  description:
    "All of them, or those that the same filters leave as in the list. What stays as it is (`keep`) is counted only: it is among the connector's receipts that are `visible` or `accepted` (`GET /connectors/{id}/receipts/download?state=visible`). As CSV, in which no cell is taken for a formula, or as JSON. The file arrives while it is read; values are canonical and live.",
  tags: ["Plans"],
  permission: "push.read",
  params: idParamsSchema,
  query: z.strictObject({ ...planItemFilterSchema.shape, format: z.enum(PLAN_FORMATS).default("json") }),
  answer: { status: 200, files: ["application/json", "text/csv"] },
  run: async ({ actor, params, query: { format, ...filter } }) => {
    const plan = await openPlan(actor, params.id, "push.read");
    const name = `plan-${plan.id}${isNarrowed(filter) ? "-filtered" : ""}.${format}`;
    return new FileAnswer(name, FILE_TYPES[format], exportPlan(actor, plan, { format, filter }));
  },
});

export const approvePlanRoute = defineRoute({
  method: "POST",
  path: "/plans/{id}/approve",
  summary: "Approve a plan that one person may not apply alone",
  description:
    "Of exactly the plan with this hash, by somebody else than its author, who may apply it then. 409 when it needs nobody's approval, is approved or applied already, or is another plan.",
  tags: ["Plans"],
  permission: "push.apply",
  params: idParamsSchema,
  body: z.strictObject({ hash: z.string().max(100) }),
  answer: { status: 200, schema: planWithFitSchema },
  run: async ({ actor, params, body }) => {
    const { id: planId, teamId } = await openPlan(actor, params.id, "push.apply");
    await approvePlan(actor, { planId, teamId, hash: body.hash });
    return withFit(actor, await getPlan(actor, planId));
  },
});

export const applyPlanRoute = defineRoute({
  method: "POST",
  path: "/plans/{id}/apply",
  summary: "Hand a reviewed plan over to a push",
  description:
    "409 when the plan is not the one reviewed, something planned changed since, or a second person has to approve it first.",
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
