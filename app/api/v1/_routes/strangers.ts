import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { STRANGER_CHOICES } from "@/lib/domain/delivery/drift-choices";
import { reasonSchema } from "@/lib/domain/delivery/reason-input";
import { AppError } from "@/lib/domain/errors";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { decideStrangers } from "@/lib/services/reconcile/decide-strangers";
import { ROW_FORMATS } from "@/lib/services/indicators/export-rows";
import { getStrangerRemoval, listStrangers, STRANGER_STATES } from "@/lib/services/reconcile/list-strangers";
import { startStrangerRemoval } from "@/lib/services/reconcile/start-stranger-removal";

import { openConnector } from "./open-connector";
import { FILES, partSchema, unsentFile } from "./unsent-file";

const strangerSchema = z.object({
  remoteId: z.string(),
  type: z.enum(INDICATOR_TYPES).nullable().meta({ description: "Null: a kind that is none of ours." }),
  value: z.string(),
  action: z.enum(ACTIONS).nullable(),
  severity: z.enum(SEVERITIES).nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  expiresAt: timeSchema.nullable(),
  changedBy: z.string().nullable(),
  changedAt: timeSchema.nullable(),
  isDuplicate: z.boolean().meta({ description: "It stands beside a record of ours of the same value." }),
  foundAt: timeSchema,
  state: z.enum(STRANGER_STATES),
  choice: z.enum(STRANGER_CHOICES).nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: timeSchema.nullable(),
  tries: z.number().meta({ description: "How many requests to remove it were sent." }),
  problem: z.string().nullable(),
  goneAt: timeSchema.nullable().meta({ description: "When it was seen to be gone." }),
});

const strangerFilter = { state: z.enum(STRANGER_STATES).optional(), q: partSchema };

export const listStrangersRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/strangers",
  summary: "List what the connector's application made at the destination and nobody here knows of",
  description: "By the last comparison. What names other teams is not in it.",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  query: listQuerySchema.extend(strangerFilter),
  answer: { status: 200, schema: pageOf(strangerSchema) },
  run: async ({ actor, params, query }) => {
    const connector = await openConnector(actor, params.id, "connector.read");
    const after = decodeCursor(query.cursor, z.tuple([z.string().max(1_000)]))?.[0] ?? null;
    const { state, q, limit } = query;
    const { strangers, next } = await listStrangers(connector, { state, q, limit, after });
    return { data: strangers, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const downloadStrangersRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/strangers/download",
  summary: "Download what nobody here knows of",
  description: FILES,
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  query: z.strictObject({ ...strangerFilter, format: z.enum(ROW_FORMATS).default("json") }),
  answer: { status: 200, files: ["application/json", "text/csv"] },
  run: async ({ actor, params, query: { format, ...filter } }) => {
    const connector = await openConnector(actor, params.id, "connector.read");
    return unsentFile(actor, connector, { list: "strangers", format, filter });
  },
});

export const decideStrangersRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/strangers",
  summary: "Decide about what nobody here knows of",
  description:
    "`adopt`: it joins the team's own list with its words, action, severity and end, which needs `indicator.write` as well; from the next plan on it is ours, and the team's other connectors send it, too, where their settings take it. `remove`: it is marked, for a removal that somebody reviews and starts. `ignore`: it does not come up again until it changes. Without `remoteIds`: all that nobody decided about.",
  tags: ["Connectors"],
  permission: "push.apply",
  params: idParamsSchema,
  body: z.strictObject({
    choice: z.enum(STRANGER_CHOICES),
    reason: reasonSchema.optional().meta({ description: "Why; `adopt` needs it." }),
    remoteIds: z.array(z.string().min(1).max(1_000)).min(1).max(1_000).optional(),
  }),
  answer: {
    status: 200,
    schema: z.object({
      decided: z.number(),
      refused: z.array(z.object({ remoteId: z.string(), value: z.string(), reason: z.string() })),
    }),
  },
  run: async ({ actor, params, body: { choice, reason, remoteIds = null } }) => {
    const connector = await openConnector(actor, params.id, "push.apply");
    const permission = choice === "adopt" ? "indicator.write" : "push.apply";
    const team = requireInTeam(actor, permission, connector.teamId, "connector");
    if (choice === "adopt" && reason === undefined)
      throw new AppError("invalid_input", "Say why it is adopted: `reason`.");
    return decideStrangers(actor, team, connector.id, { choice, remoteIds, reason });
  },
});

export const getStrangerRemovalRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/strangers/removal",
  summary: "What is marked to be removed, to be reviewed",
  description:
    "`GET /connectors/{id}/strangers?state=marked` lists it; the hash is of exactly these records as they are shown.",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  answer: { status: 200, schema: z.object({ count: z.number(), hash: z.string() }) },
  run: async ({ actor, params }) =>
    getStrangerRemoval(await openConnector(actor, params.id, "connector.read")),
});

export const startStrangerRemovalRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/strangers/removal",
  summary: "Start the removal of what is marked",
  description:
    "`hash` is of what was reviewed: when others are marked by now, it is refused. Beyond the connector's limits, with what the same person removed within the hour, somebody else than who marked them has to start it; whoever raised these limits is held to the former ones. Each is seen to be gone by the next comparison, else removed another way.",
  tags: ["Connectors"],
  permission: "push.apply",
  params: idParamsSchema,
  body: z.strictObject({ hash: z.string() }),
  answer: { status: 202, schema: z.object({ removing: z.number() }) },
  run: async ({ actor, params, body }) =>
    startStrangerRemoval(actor, await openConnector(actor, params.id, "push.apply"), body.hash),
});
