import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import {
  BULK_ACTIONS,
  BULK_OUTCOMES,
  BULK_STATES,
  bulkChangeSchema,
  bulkSelectionSchema,
  UNDO_HOURS,
} from "@/lib/domain/indicator/bulk-change";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import type { BulkChangeView } from "@/lib/services/bulk-changes/change-view";
import { createBulkChange, undoBulkChange } from "@/lib/services/bulk-changes/create-bulk-change";
import { getBulkChange, listBulkChanges, listBulkItems } from "@/lib/services/bulk-changes/get-bulk-change";

const outcomeSchema = z.enum(BULK_OUTCOMES).meta({
  description:
    "`outweighed`: done in the team's own entry, and the list still shows a feed's word. `feeds-only`: the team has no entry of its own. `changed-since`: somebody set it otherwise after the change that is undone.",
});

const viewSchema = z.object({
  id: z.uuid(),
  team: z.string(),
  action: z.enum(BULK_ACTIONS),
  change: bulkChangeSchema.nullable().meta({ description: "Null: an undo." }),
  selection: bulkSelectionSchema.nullable().meta({ description: "Null: what the undone one changed." }),
  undoOf: z.uuid().nullable(),
  state: z.enum(BULK_STATES),
  total: z.number().nullable().meta({ description: "Null until its indicators are listed." }),
  done: z.number(),
  counts: z.partialRecord(outcomeSchema, z.number()),
  refused: z.number().meta({ description: "Left as they were; `GET …/items?outcome=` lists them." }),
  message: z.string().nullable(),
  createdAt: timeSchema,
  createdBy: z.string(),
  finishedAt: timeSchema.nullable(),
  undoableUntil: timeSchema.nullable(),
  undoneBy: z.uuid().nullable(),
});

const toAnswer = (actor: Actor, { teamId, ...view }: BulkChangeView) => ({
  ...view,
  team: actor.teams.find(({ id }) => id === teamId)?.slug ?? "",
});

export const createBulkChangeRoute = defineRoute({
  method: "POST",
  path: "/bulk-changes",
  summary: "Withdraw or change many indicators of a team, named or found by a filter",
  description:
    "Answers at once; a worker carries it out. What a filter finds is listed when the work begins, without what the team got later. Only the team's own entries are changed: a feed's word stays beside, and the highest confidence, the strictest TLP and the latest end of all hold. One id that is not the team's refuses the whole.",
  tags: ["Bulk changes"],
  permission: "indicator.write",
  body: z.strictObject({
    team: z.string(),
    selection: bulkSelectionSchema,
    change: bulkChangeSchema,
  }),
  answer: { status: 202, schema: z.object({ id: z.uuid() }) },
  run: async ({ actor, body: { team, selection, change }, inTeam }) => ({
    id: await createBulkChange(actor, inTeam(team), { selection, change }),
  }),
});

export const listBulkChangesRoute = defineRoute({
  method: "GET",
  path: "/bulk-changes",
  summary: "List changes of many indicators, newest first",
  tags: ["Bulk changes"],
  permission: "indicator.read",
  query: z.strictObject({ team: z.string().optional() }),
  answer: { status: 200, schema: pageOf(viewSchema) },
  run: async ({ actor, query, inTeam }) => {
    const teamIds = query.team === undefined ? actor.teams.map(({ id }) => id) : [inTeam(query.team).id];
    const changes = await listBulkChanges(actor, teamIds);
    return { data: changes.map((view) => toAnswer(actor, view)), nextCursor: null };
  },
});

export const getBulkChangeRoute = defineRoute({
  method: "GET",
  path: "/bulk-changes/{id}",
  summary: "How far a change of many indicators is, and what became of them",
  tags: ["Bulk changes"],
  permission: "indicator.read",
  params: idParamsSchema,
  answer: { status: 200, schema: viewSchema },
  run: async ({ actor, params }) => {
    const view = await getBulkChange(actor, params.id);
    requireInTeam(actor, "indicator.read", view.teamId, "bulk change");
    return toAnswer(actor, view);
  },
});

export const listBulkItemsRoute = defineRoute({
  method: "GET",
  path: "/bulk-changes/{id}/items",
  summary: "What a change chose, and what became of each",
  tags: ["Bulk changes"],
  permission: "indicator.read",
  params: idParamsSchema,
  query: listQuerySchema.extend({ outcome: outcomeSchema.optional() }),
  answer: {
    status: 200,
    schema: pageOf(
      z.object({
        id: z.uuid(),
        type: z.enum(INDICATOR_TYPES),
        value: z.string(),
        outcome: outcomeSchema.nullable().meta({ description: "Null while it waits." }),
      }),
    ),
  },
  run: async ({ actor, params, query: { limit, cursor, outcome } }) => {
    const view = await getBulkChange(actor, params.id);
    requireInTeam(actor, "indicator.read", view.teamId, "bulk change");
    const after = decodeCursor(cursor, z.string().regex(/^\d{1,19}$/)) ?? null;
    const { items, next } = await listBulkItems(actor, view, { outcome, limit, after });
    return { data: items, nextCursor: next === null ? null : encodeCursor(next) };
  },
});

export const undoBulkChangeRoute = defineRoute({
  method: "POST",
  path: "/bulk-changes/{id}/undo",
  summary: "Put back what a change did, where nobody changed it since",
  description: `Within ${String(UNDO_HOURS)} hours of its end. A change of its own, carried out by a worker.`,
  tags: ["Bulk changes"],
  permission: "indicator.write",
  params: idParamsSchema,
  answer: { status: 202, schema: z.object({ id: z.uuid() }) },
  run: async ({ actor, params }) => {
    const view = await getBulkChange(actor, params.id);
    const team = requireInTeam(actor, "indicator.write", view.teamId, "bulk change");
    return undoBulkChange(actor, team, view.id);
  },
});
