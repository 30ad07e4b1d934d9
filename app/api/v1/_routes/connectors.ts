import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { TeamPermission } from "@/lib/domain/access/permissions";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { connectorCreateSchema, connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import { CLOUDS, CONNECTOR_KINDS, CONNECTOR_MODES } from "@/lib/domain/connector/kinds";
import { storedSelectionSchema } from "@/lib/domain/connector/selection-input";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { createConnector } from "@/lib/services/connectors/create-connector";
import { deleteConnector } from "@/lib/services/connectors/delete-connector";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { listConnectors } from "@/lib/services/connectors/list-connectors";
import { testConnector } from "@/lib/services/connectors/test-connection";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { createPlan } from "@/lib/services/delivery/create-plan";
import { getCapacity } from "@/lib/services/delivery/get-capacity";
import { getPlan } from "@/lib/services/delivery/get-plan";
import { listReceipts, RECEIPT_STATES } from "@/lib/services/delivery/list-receipts";

import { planSchema } from "./plans";

const checksSchema = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string(), fix: z.string() })),
});

const connectorSchema = z.object({
  id: z.uuid(),
  team: z.string(),
  name: z.string(),
  kind: z.enum(CONNECTOR_KINDS),
  cloud: z.enum(CLOUDS),
  tenantId: z.string(),
  clientId: z.string(),
  workspaceId: z.string().nullable(),
  subscriptionId: z.string().nullable(),
  resourceGroup: z.string().nullable(),
  workspaceName: z.string().nullable(),
  deviceGroups: z.array(z.string()),
  action: z.enum(ACTIONS),
  severity: z.enum(SEVERITIES),
  expiryDays: z.number().nullable(),
  selection: storedSelectionSchema,
  mode: z.enum(CONNECTOR_MODES),
  enabled: z.boolean(),
  lastTest: checksSchema.extend({ at: timeSchema }).nullable(),
  createdAt: timeSchema,
});

const receiptSchema = z.object({
  indicatorId: z.string(),
  type: z.enum(INDICATOR_TYPES),
  value: z.string(),
  state: z.enum(RECEIPT_STATES),
  remoteId: z.string().nullable(),
  stixId: z.string().nullable(),
  pushId: z.string().nullable(),
  sentAt: timeSchema.nullable(),
  acceptedAt: timeSchema.nullable(),
  visibleAt: timeSchema.nullable(),
  goneAt: timeSchema.nullable(),
  expiresAt: timeSchema.nullable(),
  reason: z.string().nullable(),
});

const count = z.number().nullable();
const capacitySchema = z.object({
  limit: count,
  ours: count,
  otherTeams: count,
  foreign: count,
  free: count,
});
const NO_LIMIT = { limit: null, ours: null, otherTeams: null, foreign: null, free: null };

const placeSchema = z.tuple([z.string()]);
const readCursor = (cursor: string | undefined): string | null =>
  decodeCursor(cursor, placeSchema)?.[0] ?? null;
const writeCursor = (next: string | null): string | null => (next === null ? null : encodeCursor([next]));

// A foreign connector and an unknown one are the same 404; a role that may not is 403.
const openConnector = async (actor: Actor, connectorId: string, permission: TeamPermission) => {
  const connector = await getConnector(actor, connectorId);
  requireInTeam(actor, permission, connector.teamId, "connector");
  return connector;
};

export const listConnectorsRoute = defineRoute({
  method: "GET",
  path: "/connectors",
  summary: "List connectors",
  tags: ["Connectors"],
  permission: "connector.read",
  query: listQuerySchema.extend({ team: z.string().optional() }),
  answer: { status: 200, schema: pageOf(connectorSchema) },
  run: async ({ actor, query, inTeam }) => {
    const teamIds = query.team === undefined ? actor.teams.map(({ id }) => id) : [inTeam(query.team).id];
    const after = decodeCursor(query.cursor, z.tuple([z.uuid()]))?.[0] ?? null;
    const { connectors, next } = await listConnectors(actor, { teamIds, limit: query.limit, after });
    return { data: connectors, nextCursor: writeCursor(next) };
  },
});

export const createConnectorRoute = defineRoute({
  method: "POST",
  path: "/connectors",
  summary: "Connect a destination",
  description: "The secret or certificate goes in and never out.",
  tags: ["Connectors"],
  permission: "connector.write",
  body: connectorCreateSchema,
  answer: { status: 201, schema: connectorSchema },
  run: ({ actor, body, inTeam }) => createConnector(actor, inTeam(body.team).id, body),
});

export const getConnectorRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}",
  summary: "Get a connector",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  answer: { status: 200, schema: connectorSchema },
  run: ({ actor, params }) => openConnector(actor, params.id, "connector.read"),
});

export const updateConnectorRoute = defineRoute({
  method: "PATCH",
  path: "/connectors/{id}",
  summary: "Change a connector",
  description:
    "Tenant, application, workspace and device groups change only while nothing of the connector stands at its destination.",
  tags: ["Connectors"],
  permission: "connector.write",
  params: idParamsSchema,
  body: connectorPatchSchema,
  answer: { status: 200, schema: connectorSchema },
  run: async ({ actor, params, body }) =>
    updateConnector(actor, await openConnector(actor, params.id, "connector.write"), body),
});

export const deleteConnectorRoute = defineRoute({
  method: "DELETE",
  path: "/connectors/{id}",
  summary: "Delete a connector under which nothing stands",
  tags: ["Connectors"],
  permission: "connector.write",
  params: idParamsSchema,
  answer: { status: 204 },
  run: async ({ actor, params }) => {
    await deleteConnector(actor, await openConnector(actor, params.id, "connector.write"));
  },
});

export const testConnectorRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/test",
  summary: "Try out a connector without changing anything",
  tags: ["Connectors"],
  permission: "connector.write",
  idempotent: false,
  params: idParamsSchema,
  answer: { status: 200, schema: checksSchema },
  run: async ({ actor, params, request }) => {
    const connector = await openConnector(actor, params.id, "connector.write");
    return testConnector(actor, connector, request.signal);
  },
});

export const createPlanRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/plans",
  summary: "Plan what would change at the destination",
  description: "Sends nothing. With `?withdrawAll=true` it plans to take back all that stands.",
  tags: ["Plans"],
  permission: "push.apply",
  params: idParamsSchema,
  query: z.strictObject({ withdrawAll: z.enum(["true", "false"]).default("false") }),
  answer: { status: 201, schema: planSchema },
  run: async ({ actor, params, query }) => {
    const { id: connectorId, teamId } = await openConnector(actor, params.id, "push.apply");
    const isWithdrawal = query.withdrawAll === "true";
    const { id } = await createPlan({ connectorId, teamId, doer: asDoer(actor), isWithdrawal });
    return getPlan(actor, id);
  },
});

export const listReceiptsRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/receipts",
  summary: "List what the destination answered about each indicator",
  tags: ["Connectors"],
  permission: "push.read",
  params: idParamsSchema,
  query: listQuerySchema.extend({ state: z.enum(RECEIPT_STATES).optional() }),
  answer: { status: 200, schema: pageOf(receiptSchema) },
  run: async ({ actor, params, query }) => {
    const connector = await openConnector(actor, params.id, "push.read");
    const { limit, state, cursor } = query;
    const { receipts, next } = await listReceipts(connector, { state, limit, after: readCursor(cursor) });
    return { data: receipts, nextCursor: writeCursor(next) };
  },
});

export const getCapacityRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}/capacity",
  summary: "Get the fill of the destination",
  description: "Null is what the application may not see, or what the vendor does not limit.",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  answer: { status: 200, schema: capacitySchema },
  run: async ({ actor, params }) =>
    (await getCapacity(await openConnector(actor, params.id, "connector.read"))) ?? NO_LIMIT,
});
