import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { timeSchema } from "@/lib/api/schemas";
import { CREDENTIAL_KINDS, EXPIRY_SOURCES } from "@/lib/domain/connector/credential-life";
import { CONNECTOR_KINDS } from "@/lib/domain/connector/kinds";
import { readSystemHealth } from "@/lib/services/operations/system-health";

export const getSystemRoute = defineRoute({
  method: "GET",
  path: "/system",
  summary: "See how the installation fares",
  description:
    "For administrators. A queue whose store is not reachable has `jobs` null. `orphaned` counts the records of each connector whose application cannot sign in any more; `endingCredentials` are those that Microsoft refuses, or that end within 60 days.",
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
      audit: z.object({ unsealed: z.number(), isLate: z.boolean() }),
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
          records: z.number(),
        }),
      ),
    }),
  },
  run: ({ actor }) => readSystemHealth(actor, new Date()),
});
