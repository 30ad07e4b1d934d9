import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { DRIFT_CHOICES } from "@/lib/domain/delivery/drift-choices";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { decideDrift } from "@/lib/services/delivery/decide-drift";
import { listDrift } from "@/lib/services/delivery/list-drift";

import { openConnector } from "./open-connector";

const driftSchema = z.object({
  indicatorId: z.string(),
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  what: z.enum(["removed", "changed"]),
  reason: z.string(),
  foundAt: timeSchema,
  choice: z.enum(DRIFT_CHOICES).nullable().meta({ description: "What somebody decided; null: nothing yet." }),
});

export const listDriftRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/drift",
  summary: "List what somebody changed or removed at the destination",
  description: "By the last comparison. What a plan put right is not in it any more.",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(driftSchema) },
  run: async ({ actor, params, query }) => {
    const connector = await openConnector(actor, params.id, "connector.read");
    const after = decodeCursor(query.cursor, z.tuple([z.string().regex(/^\d{1,18}$/)]))?.[0] ?? null;
    const { drift, next } = await listDrift(connector, { limit: query.limit, after });
    return { data: drift, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const decideDriftRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/drift",
  summary: "Decide about what somebody changed or removed at the destination",
  description:
    "`restore`: the next plan puts it right. `leave`: it stays as it is there until somebody changes it once more, or the team changes what it wants. Without `indicatorIds`: all that wait for a decision.",
  tags: ["Connectors"],
  permission: "push.apply",
  params: idParamsSchema,
  body: z.strictObject({
    choice: z.enum(DRIFT_CHOICES),
    indicatorIds: z.array(z.uuid()).min(1).max(1_000).optional(),
  }),
  answer: { status: 200, schema: z.object({ decided: z.number() }) },
  run: async ({ actor, params, body: { choice, indicatorIds = null } }) =>
    decideDrift(actor, await openConnector(actor, params.id, "push.apply"), { choice, indicatorIds }),
});
