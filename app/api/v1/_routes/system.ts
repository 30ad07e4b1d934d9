import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { timeSchema } from "@/lib/api/schemas";
import { CREDENTIAL_KINDS, EXPIRY_SOURCES } from "@/lib/domain/connector/credential-life";
import { CONNECTOR_KINDS } from "@/lib/domain/connector/kinds";
import { startAll, stopAll } from "@/lib/services/delivery/switch-sending";
import { readSystemHealth } from "@/lib/services/operations/system-health";

import { stopBodySchema, stopSchema } from "./connector-schema";

export const getSystemRoute = defineRoute({
  method: "GET",
  path: "/system",
  summary: "See how the installation fares",
  description:
    "For administrators. A queue whose store is not reachable has `jobs` null. `orphaned` counts the records of each connector whose application cannot sign in any more; `endingCredentials`, and `endingReaders` of destinations, are those that Microsoft refuses, or that end within 60 days.",
  tags: ["System"],
  permission: "admin.system",
  answer: {
    status: 200,
    schema: z.object({
      databaseVersion: z.string(),
      databaseBytes: z.number(),
      queueStore: z.enum(["PostgreSQL", "Redis"]),
      waiting: z.array(z.object({ queue: z.string(), jobs: z.number().nullable() })),
      outbox: z.object({ unsent: z.number(), oldest: timeSchema.nullable() }),
      running: z.object({ runs: z.number(), pushes: z.number() }),
      stop: stopSchema.nullable().meta({ description: "Who switched all sending off; null while it is on." }),
      audit: z.object({ unsealed: z.number(), isLate: z.boolean() }),
      endingReaders: z.array(
        z.object({
          destinationId: z.uuid(),
          tenantId: z.string(),
          tenantName: z.string().nullable(),
          kind: z.enum(CREDENTIAL_KINDS),
          expiresAt: timeSchema.nullable(),
          refusedAt: timeSchema.nullable(),
        }),
      ),
      endingCredentials: z.array(
        z.object({
          connectorId: z.uuid(),
          connector: z.string(),
          team: z.string(),
          kind: z.enum(CREDENTIAL_KINDS),
          expiresAt: timeSchema.nullable(),
          expirySource: z.enum(EXPIRY_SOURCES).nullable(),
          refusedAt: timeSchema.nullable(),
        }),
      ),
      orphaned: z.array(
        z.object({
          connectorId: z.uuid(),
          connector: z.string(),
          team: z.string(),
          kind: z.enum(CONNECTOR_KINDS),
          tenantId: z.string(),
          tenantName: z.string().nullable(),
          records: z.number(),
        }),
      ),
    }),
  },
  run: ({ actor }) => readSystemHealth(actor, new Date()),
});

export const stopSendingRoute = defineRoute({
  method: "POST",
  path: "/system/stop",
  summary: "Switch all sending off, for every team and destination, within the second",
  description:
    "What has not left stays here, recalls and withdrawals too; pushes under way wait and say why. Requests that already left are answered.",
  tags: ["System"],
  permission: "admin.system",
  body: stopBodySchema,
  answer: { status: 200, schema: stopSchema },
  run: ({ actor, body }) => stopAll(actor, body.reason),
});

export const startSendingRoute = defineRoute({
  method: "POST",
  path: "/system/start",
  summary: "Switch sending on again: pushes that wait go on",
  description:
    "But for what was planned before its connector was changed: such a push is `stopped`, and says why. What it only takes back goes on.",
  tags: ["System"],
  permission: "admin.system",
  answer: { status: 204 },
  run: async ({ actor }) => {
    await startAll(actor);
  },
});
