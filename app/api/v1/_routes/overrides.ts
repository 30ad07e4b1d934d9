import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { liftOverrides, listOverrides } from "@/lib/services/reconcile/overrides";

import { openConnector } from "./open-connector";

const overrideSchema = z.object({
  indicatorId: z.string(),
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  isAbsent: z.boolean().meta({ description: "It is not wanted there at all." }),
  action: z.enum(ACTIONS).nullable().meta({ description: "Null of these: as the connector says." }),
  severity: z.enum(SEVERITIES).nullable(),
  expiresAt: timeSchema.nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  reason: z.string(),
  decidedBy: z.string(),
  decidedAt: timeSchema,
});

export const listOverridesRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/overrides",
  summary: "List what was adopted of how records stood at the destination",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(overrideSchema) },
  run: async ({ actor, params, query }) => {
    const connector = await openConnector(actor, params.id, "connector.read");
    const after = decodeCursor(query.cursor, z.tuple([z.string().regex(/^\d{1,18}$/)]))?.[0] ?? null;
    const { overrides, next } = await listOverrides(connector, { limit: query.limit, after });
    return { data: overrides, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const liftOverridesRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/overrides/lift",
  summary: "Lift what was adopted: selection and rules say again how these records are to stand",
  description: "Without `indicatorIds`: all of the connector.",
  tags: ["Connectors"],
  permission: "push.apply",
  params: idParamsSchema,
  body: z.strictObject({ indicatorIds: z.array(z.uuid()).min(1).max(1_000).optional() }),
  answer: { status: 200, schema: z.object({ lifted: z.number() }) },
  run: async ({ actor, params, body: { indicatorIds = null } }) =>
    liftOverrides(actor, await openConnector(actor, params.id, "push.apply"), indicatorIds),
});
