import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { reasonSchema } from "@/lib/domain/delivery/reason-input";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { endLetThrough } from "@/lib/services/planning/end-let-through";
import { letThrough } from "@/lib/services/planning/let-through";
import { listLetThrough } from "@/lib/services/planning/list-let-through";

import { openConnector } from "./open-connector";

const letThroughSchema = z.object({
  indicatorId: z.uuid(),
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  reason: z.string(),
  by: z.string(),
  at: timeSchema,
});

export const listLetThroughRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/let-through",
  summary: "List what was let through a connector's gate",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(letThroughSchema) },
  run: async ({ actor, params, query }) => {
    const connector = await openConnector(actor, params.id, "connector.read");
    const after = decodeCursor(query.cursor, z.tuple([z.uuid()]))?.[0] ?? null;
    const { letThrough: values, next } = await listLetThrough(connector, { limit: query.limit, after });
    return { data: values, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const letThroughRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/let-through",
  summary: "Let a value through a connector's gate",
  description:
    "From the next plan on it is blocked as the connector's policy says, however widely it is seen. 409 when it is let through already.",
  tags: ["Connectors"],
  permission: "push.apply",
  params: idParamsSchema,
  body: z.strictObject({ indicatorId: z.uuid(), reason: reasonSchema }),
  answer: { status: 204 },
  run: async ({ actor, params, body }) => {
    await letThrough(actor, await openConnector(actor, params.id, "push.apply"), body);
  },
});

export const endLetThroughRoute = defineRoute({
  method: "DELETE",
  path: "/connectors/{id}/let-through/{indicatorId}",
  summary: "Take back that a value is let through",
  description: "The gate judges it again with the next plan, also where it is blocked by now.",
  tags: ["Connectors"],
  permission: "push.apply",
  params: idParamsSchema.extend({ indicatorId: z.uuid() }),
  answer: { status: 204 },
  run: async ({ actor, params: { id, indicatorId } }) => {
    await endLetThrough(actor, await openConnector(actor, id, "push.apply"), { indicatorId });
  },
});
