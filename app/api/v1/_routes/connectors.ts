import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf } from "@/lib/api/schemas";
import { checksSchema } from "@/lib/domain/checks";
import { API_STATUSES, API_STATUS_AS_OF } from "@/lib/domain/connector/api-status";
import {
  connectorChangeSchema,
  connectorCreateSchema,
  connectorTestSchema,
} from "@/lib/domain/connector/connector-input";
import { createConnector } from "@/lib/services/connectors/create-connector";
import { deleteConnector } from "@/lib/services/connectors/delete-connector";
import { listConnectors } from "@/lib/services/connectors/list-connectors";
import { testConnection, testConnector } from "@/lib/services/connectors/test-connection";
import { tryNewSecret } from "@/lib/services/connectors/test-new-secret";
import { tryMd5 } from "@/lib/services/connectors/try-md5";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { startConnector, stopConnector } from "@/lib/services/delivery/switch-sending";
import { getPlanning } from "@/lib/services/planning/get-planning";
import { isPlanBehind } from "@/lib/services/planning/is-plan-behind";

import {
  addressSchema,
  connectorSchema,
  connectorWithHealthSchema,
  driftSchema,
  latencySchema,
  planningSchema,
  stopBodySchema,
} from "./connector-schema";
import { credentialSchema } from "./credentials";
import { openConnector } from "./open-connector";

export const listConnectorsRoute = defineRoute({
  method: "GET",
  path: "/connectors",
  summary: "List connectors with how they fare",
  tags: ["Connectors"],
  permission: "connector.read",
  query: listQuerySchema.extend({ team: z.string().optional() }),
  answer: { status: 200, schema: pageOf(connectorWithHealthSchema) },
  run: async ({ actor, query, inTeam }) => {
    const teamIds = query.team === undefined ? actor.teams.map(({ id }) => id) : [inTeam(query.team).id];
    const after = decodeCursor(query.cursor, z.tuple([z.uuid()]))?.[0] ?? null;
    const { connectors, next } = await listConnectors(actor, { teamIds, limit: query.limit, after });
    return { data: connectors, nextCursor: next === null ? null : encodeCursor([next]) };
  },
});

export const createConnectorRoute = defineRoute({
  method: "POST",
  path: "/connectors",
  summary: "Connect a destination",
  description:
    "The secret or certificate goes in and never out. Give one of `clientSecret`, `certificate` (PEM), `certificatePfx` (base64, with `certificatePassword`) and `identity`, which an administrator may choose where Sluice runs in Azure.",
  tags: ["Connectors"],
  permission: "connector.write",
  body: connectorCreateSchema,
  answer: { status: 201, schema: connectorSchema },
  run: ({ actor, body, inTeam }) => createConnector(actor, inTeam(body.team).id, body),
});

export const testConnectionRoute = defineRoute({
  method: "POST",
  path: "/connectors/test",
  summary: "Try out an unsaved connector without changing anything",
  description:
    "The body of a connector to be made; a name is not needed yet. Nothing is saved but an entry of the audit, of what was tried and found.",
  tags: ["Connectors"],
  permission: "connector.write",
  idempotent: false,
  body: connectorTestSchema,
  answer: { status: 200, schema: checksSchema },
  run: ({ actor, body, inTeam, request }) => {
    const trying = { teamId: inTeam(body.team).id, connectorId: null };
    return testConnection(actor, trying, body, request.signal);
  },
});

export const getConnectorRoute = defineRoute({
  method: "GET",
  path: "/connectors/{id}",
  summary: "Get a connector",
  tags: ["Connectors"],
  permission: "connector.read",
  params: idParamsSchema,
  answer: {
    status: 200,
    schema: connectorSchema.extend({
      drift: driftSchema,
      credential: credentialSchema.nullable(),
      visibleAfter: latencySchema.nullable(),
      isPlanBehind: z.boolean().meta({
        description:
          "Whether something that decides changed since its newest whole plan was made: indicators, settings, places, what the destination takes (MD5), tells of devices, or holds by others; or there is none that holds. What somebody changed of its own records is told by `drift`.",
      }),
      planning: planningSchema.nullable(),
      addresses: z.array(addressSchema),
      apis: z
        .array(
          z.object({
            ...{ name: z.string(), path: z.string(), version: z.string().nullable() },
            ...{ status: z.enum(API_STATUSES), retiresOn: z.iso.date().nullable() },
          }),
        )
        .meta({
          description: `What it speaks to; \`version\` null: none is named, the current one answers. \`status\` and \`retiresOn\`, the day of its end, as Microsoft's pages told them in ${API_STATUS_AS_OF}; null: none is known.`,
        }),
    }),
  },
  run: async ({ actor, params }) => {
    const connector = await openConnector(actor, params.id, "connector.read");
    return {
      ...connector,
      isPlanBehind: await isPlanBehind(connector),
      planning: await getPlanning(connector),
    };
  },
});

export const updateConnectorRoute = defineRoute({
  method: "PATCH",
  path: "/connectors/{id}",
  summary: "Change a connector",
  description:
    "As JSON merge patch has it (RFC 7396): what is left out stays as it is, in `selection`, `expiryByType`, `approval`, `automaticLimits` and `gate` too; lists (`rules`, `feeds`, `types`, tags) are replaced whole. Tenant, application and workspace change only while nothing of the connector stands at its destination. Device groups are part of what a record is: when they change, the next plan removes what stands under the old ones and makes it anew (`groups-changed`); 409 while a push is open or was not answered. A secret, certificate or identity that is given is tried first, as by `test` (device groups apart): where a check fails, 400 with that check in `detail`, and nothing is changed, unless `untried` is true. Then it takes over at once, and what is stored is forgotten with what was staged and kept; to keep that for a day, stage a successor (`PUT /connectors/{id}/credentials/successor`) and activate that. With `version`, 409 where the settings are others than were read.",
  tags: ["Connectors"],
  permission: "connector.write",
  params: idParamsSchema,
  body: connectorChangeSchema,
  answer: { status: 200, schema: connectorSchema },
  run: async ({ actor, params, body: { untried, ...patch }, request }) => {
    const connector = await openConnector(actor, params.id, "connector.write");
    const tried = untried ? null : await tryNewSecret(actor, connector, patch, request.signal);
    return updateConnector(actor, connector, patch, tried);
  },
});

export const deleteConnectorRoute = defineRoute({
  method: "DELETE",
  path: "/connectors/{id}",
  summary: "Delete a connector under which nothing stands",
  description:
    "409 while something of it stands or may stand at its destination, a push is open, or a removal of the last hour was accepted and not seen carried out yet: the destination is looked at every minute.",
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

export const stopConnectorRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/stop",
  summary: "Switch a connector's sending off, within the second",
  description:
    "What has not left stays here, recalls and withdrawals too; a push under way waits and says why. Requests that already left are answered. Plans are made as before.",
  tags: ["Connectors"],
  permission: "push.apply",
  params: idParamsSchema,
  body: stopBodySchema,
  answer: { status: 200, schema: connectorSchema },
  run: async ({ actor, params, body }) => {
    await stopConnector(actor, await openConnector(actor, params.id, "push.apply"), body.reason);
    return openConnector(actor, params.id, "push.apply");
  },
});

export const startConnectorRoute = defineRoute({
  method: "POST",
  path: "/connectors/{id}/start",
  summary: "Switch a connector's sending on again: pushes that wait go on",
  description:
    "But for what was planned before the connector was changed: such a push is `stopped`, and says why. What it only takes back goes on.",
  tags: ["Connectors"],
  permission: "push.apply",
  params: idParamsSchema,
  answer: { status: 200, schema: connectorSchema },
  run: async ({ actor, params }) => {
    await startConnector(actor, await openConnector(actor, params.id, "push.apply"));
    return openConnector(actor, params.id, "push.apply");
  },
});

export const tryMd5Route = defineRoute({
  method: "POST",
  path: "/connectors/{id}/try-md5",
  summary: "Ask a Defender tenant whether it takes MD5",
  description:
    "Creates one record of a random MD5 that only audits and ends within the hour, reads the answer and takes it away again. The answer holds for every connector to the tenant.",
  tags: ["Connectors"],
  permission: "connector.write",
  idempotent: false,
  params: idParamsSchema,
  answer: { status: 200, schema: z.object({ acceptsMd5: z.boolean(), detail: z.string() }) },
  run: async ({ actor, params, request }) => {
    const connector = await openConnector(actor, params.id, "connector.write");
    return tryMd5(actor, connector, { signal: request.signal });
  },
});
