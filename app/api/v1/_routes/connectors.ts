import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { checksSchema } from "@/lib/domain/checks";
import { reasonSchema } from "@/lib/domain/delivery/reason-input";
import { API_STATUSES, API_STATUS_AS_OF } from "@/lib/domain/connector/api-status";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import {
  connectorChangeSchema,
  connectorCreateSchema,
  connectorTestSchema,
} from "@/lib/domain/connector/connector-input";
import { storedGateSchema } from "@/lib/domain/connector/gate-input";
import { CLOUDS, CONNECTOR_KINDS, CONNECTOR_MODES } from "@/lib/domain/connector/kinds";
import { COMPARISON_STATES, comparisonFoundSchema } from "@/lib/domain/delivery/comparison";
import { DRIFT_MODES } from "@/lib/domain/delivery/drift-choices";
import { rulesSchema } from "@/lib/domain/connector/rule-input";
import { storedSelectionSchema } from "@/lib/domain/connector/selection-input";
import { planLimitsSchema } from "@/lib/domain/delivery/plan-limits";
import { expiryByTypeSchema } from "@/lib/domain/feed/expiry-settings";
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

import { credentialSchema } from "./credentials";
import { openConnector } from "./open-connector";
import { waitingSinceSchema } from "./pushes";

/** Who switched sending off, when and why. */
export const stopSchema = z.object({ at: timeSchema, by: z.string(), reason: z.string() });

/** Why sending is switched off. */
export const stopBodySchema = z.strictObject({ reason: reasonSchema });

const connectorSchema = z.object({
  id: z.uuid(),
  team: z.string(),
  name: z.string(),
  kind: z.enum(CONNECTOR_KINDS),
  cloud: z.enum(CLOUDS),
  tenantId: z.string(),
  tenantName: z.string().nullable().meta({ description: "What people call it; an administrator says so." }),
  clientId: z.string(),
  workspaceId: z.string().nullable(),
  subscriptionId: z.string().nullable(),
  resourceGroup: z.string().nullable(),
  workspaceName: z.string().nullable(),
  deviceGroups: z.array(z.string()),
  action: z.enum(ACTIONS),
  severity: z.enum(SEVERITIES),
  expiryDays: z.number().nullable(),
  expiryByType: expiryByTypeSchema,
  rules: rulesSchema,
  selection: storedSelectionSchema,
  titleTemplate: z.string().nullable(),
  descriptionTemplate: z.string().nullable(),
  mode: z.enum(CONNECTOR_MODES),
  enabled: z.boolean(),
  approval: planLimitsSchema.nullable().meta({
    description: "A plan that is more than this needs the approval of a second person; null: none does.",
  }),
  approvalLoosened: z
    .object({
      by: z.uuid(),
      byName: z.string(),
      at: timeSchema,
      former: planLimitsSchema,
      isInherited: z.boolean(),
    })
    .nullable()
    .meta({
      description:
        "Who raised or removed `approval`, and what held before: for what that one does alone, and for what an automatic connector applies by itself, it goes on to hold until somebody else changes the limits or confirms them (`confirmLimits`). `isInherited`: it is what the team's other connectors to the same destination have, to which that person added this one.",
    }),
  automaticLimits: planLimitsSchema.nullable().meta({
    description:
      "In mode `automatic`, a plan waits for a person that is more than this, counted together with what was applied without one within the last hour; null: every plan is applied, but for one that makes something Allowed, which always waits.",
  }),
  gate: storedGateSchema.meta({
    description: "What is not blocked before a person lets it through; null: there is no gate.",
  }),
  statistics: z
    .object({ at: timeSchema, missing: z.array(z.string()), problem: z.string().nullable() })
    .nullable()
    .meta({
      description:
        "When Defender was last asked how widely something is seen, and the permissions that the application lacks for it.",
    }),
  stop: stopSchema.nullable().meta({
    description: "Who switched this connector's sending off; null while it is on.",
  }),
  lastTest: checksSchema.extend({ at: timeSchema }).nullable(),
  reconciledAt: timeSchema.nullable().meta({
    description: "When what stands at the destination was last compared with what was sent.",
  }),
  reconcileProblem: z.string().nullable(),
  comparison: z.object({
    state: z.enum(COMPARISON_STATES).meta({
      description:
        "`asked`: somebody asked for one that has not begun; `running`: what stands there is read.",
    }),
    since: timeSchema.nullable(),
    askedBy: z.string().nullable(),
    found: comparisonFoundSchema.nullable().meta({
      description:
        "How many records the last comparison found standing as sent, removed and changed; `unlike`: accepted and shown otherwise than sent, which nobody changed. Their receipts say how.",
    }),
  }),
  reconcileMinutes: z.number(),
  driftMode: z.enum(DRIFT_MODES).meta({
    description:
      "restore: the next plan puts right what somebody changed there. ask: it waits for a decision.",
  }),
  refreshedAt: timeSchema.nullable().meta({
    description:
      "When records that Sentinel had not published again for 12 days were last sent again as they stand.",
  }),
  refreshed: z.number().meta({ description: "How many these were." }),
  strangers: z.object({ count: z.number() }).nullable().meta({
    description:
      "How many records the application made that Sluice knows nothing of; null until it was compared.",
  }),
  acceptsMd5: z.boolean().nullable().meta({
    description: "Whether the Defender tenant takes MD5, as `try-md5` found; null: nobody tried.",
  }),
  createdAt: timeSchema,
  version: z.string().meta({
    description:
      "Another one whenever somebody changed the settings; `PATCH` takes it to change them as they were read.",
  }),
});

const addressSchema = z.object({
  service: z.enum(["signIn", "defender", "sentinelUpload", "azureManagement", "graph", "logs"]),
  url: z.string().nullable(),
  isOverridden: z.boolean().meta({ description: "An administrator set it in place of Microsoft's." }),
});

const driftSchema = z.object({ removed: z.number(), changed: z.number() }).meta({
  description:
    "Records that somebody removed or changed at the destination, but for what was ignored. The next plan puts them right where `driftMode` is `restore` or somebody decided so; else they wait for a decision.",
});

const latencySchema = z
  .object({ count: z.number(), medianSeconds: z.number(), p95Seconds: z.number() })
  .meta({
    description:
      "From acceptance until seen at the destination, of what was first seen in the last 24 hours.",
  });

const planningSchema = z
  .object({
    id: z.uuid(),
    by: z.string(),
    since: timeSchema,
    state: z.enum(["under-way", "made", "failed"]),
    planId: z.uuid().nullable(),
    problem: z.string().nullable(),
  })
  .meta({
    description:
      "A plan that takes longer than some seconds to make, or how that ended: `made` with its `planId` (null: there was nothing to take back), or `failed` and why. Null where none took long, or a newer one was made since.",
  });

/** With how it fares, as a list shows it. */
export const connectorWithHealthSchema = connectorSchema.extend({
  credential: credentialSchema.nullable(),
  lastPush: z
    .object({
      id: z.uuid(),
      state: z.string(),
      queuedAt: timeSchema,
      finishedAt: timeSchema.nullable(),
      message: z.string().nullable(),
      waitingSince: waitingSinceSchema,
    })
    .nullable()
    .meta({ description: "The newest one; an older one may still be open." }),
  waitingSince: timeSchema.nullable().meta({
    description:
      "Since when the longest waiting of all its open pushes waits for its destination; null: none waits.",
  }),
  hasStopped: z.boolean().meta({
    description: "A push stopped that has still something to send, or after which nothing was pushed.",
  }),
  live: z.number(),
  visible: z.number(),
  failed: z.number(),
  failures: z
    .object({
      refused: z.number(),
      standing: z.number(),
      unanswered: z.number(),
      leftOut: z.number(),
      lost: z.number(),
    })
    .meta({
      description:
        "The failed ones by what they leave behind. `refused`: not added or changed. `standing`: to be removed, and it still stands there. `unanswered`: sent and never answered, so that it may stand there or not. `leftOut`: sent and never answered, and a person left it out of its push; its receipt says what may stand there. `?retryRefused=true` asks for it; while the connector is paused, a plan of its removals (`?removalsOnly=true`) asks for what is to go. `lost`: it stood there by another team's application, and was refused when it was to be made anew.",
    }),
  drift: driftSchema,
  openStrangers: z.number().meta({
    description:
      "How many records the application made that Sluice knows nothing of and nobody decided about.",
  }),
});

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
