import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import { DRIFT_CHOICES, DRIFT_DECISIONS, DRIFT_KINDS } from "@/lib/domain/delivery/drift-choices";
import { reasonSchema } from "@/lib/domain/delivery/reason-input";
import { AppError } from "@/lib/domain/errors";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { decideDrift } from "@/lib/services/reconcile/decide-drift";
import { listDrift } from "@/lib/services/reconcile/list-drift";
import { requestComparison } from "@/lib/services/reconcile/request-comparison";

import { openConnector } from "./open-connector";

const driftSchema = z.object({
  indicatorId: z.string(),
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  what: z.enum(DRIFT_KINDS).meta({
    description: "`ended` and `revoked`: at Sentinel, which keeps what does not hold any more.",
  }),
  reason: z.string(),
  foundAt: timeSchema,
  changedBy: z.string().nullable().meta({ description: "Who changed it, as far as the destination tells." }),
  changedAt: timeSchema.nullable(),
  choice: z.enum(DRIFT_CHOICES).nullable().meta({ description: "What somebody decided; null: nothing yet." }),
  pushId: z.uuid().nullable().meta({ description: "The push under way that puts it right." }),
  planId: z.uuid().nullable().meta({ description: "The newest plan, not applied yet, that puts it right." }),
});

export const listDriftRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/drift",
  summary: "List what somebody changed or removed at the destination",
  description: "By the last comparison. What a plan put right is not in it any more.",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  query: listQuerySchema.extend({ kind: z.enum(DRIFT_KINDS).optional() }),
  answer: { status: 200, schema: pageOf(driftSchema) },
  run: async ({ actor, params, query }) => {
    const connector = await openConnector(actor, params.id, "connector.read");
    const after = decodeCursor(query.cursor, z.tuple([z.string().regex(/^\d{1,18}$/)]))?.[0] ?? null;
    const { drift, next } = await listDrift(connector, { kind: query.kind, limit: query.limit, after });
    return { data: drift, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

const refusedSchema = z.object({ indicatorId: z.string(), value: z.string(), reason: z.string() });

export const decideDriftRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/drift",
  summary: "Decide about what somebody changed or removed at the destination",
  description:
    "`restore`: the next plan puts it right. `adopt`: how it stands there becomes what the team wants there, which needs `indicator.write` as well; it stays so until somebody lifts it. What the next push would undo is `refused` with the reason: others who claim the record want it stricter, louder or longer, or have a say in its words, or its words are longer than what is sent. `ignore`: it is left until somebody changes it once more, or the team changes what it wants. Without `indicatorIds`: all that wait for a decision.",
  tags: ["Connectors"],
  permission: "push.apply",
  params: idParamsSchema,
  body: z.strictObject({
    choice: z.enum(DRIFT_DECISIONS),
    reason: reasonSchema.optional().meta({ description: "Why; `adopt` needs it." }),
    indicatorIds: z.array(z.uuid()).min(1).max(1_000).optional(),
  }),
  answer: { status: 200, schema: z.object({ decided: z.number(), refused: z.array(refusedSchema) }) },
  run: async ({ actor, params, body: { choice, reason, indicatorIds = null } }) => {
    const connector = await openConnector(actor, params.id, "push.apply");
    if (choice === "adopt") {
      requireInTeam(actor, "indicator.write", connector.teamId, "connector");
      if (reason === undefined) throw new AppError("invalid_input", "Say why it is adopted: `reason`.");
    }
    return decideDrift(actor, connector, { choice, indicatorIds, ...(reason !== undefined && { reason }) });
  },
});

export const compareRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/comparison",
  summary: "Compare what stands at the destination with what was sent, now",
  description:
    "It starts at once, or as soon as nothing is being sent there. `running`: one is under way already. How it stands and what it found is told by the connector's `comparison`. One in 15 seconds at most, at Sentinel one a minute: 429 says when the next may be asked for. 409 for a connector that is paused or cannot read.",
  tags: ["Connectors"],
  permission: "push.apply",
  idempotent: false,
  params: idParamsSchema,
  answer: { status: 202, schema: z.object({ state: z.enum(["asked", "running"]) }) },
  run: async ({ actor, params }) =>
    requestComparison(actor, await openConnector(actor, params.id, "push.apply")),
});
