import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { pageOf } from "@/lib/api/schemas";
import { tenantNameSchema } from "@/lib/domain/connector/tenant";
import { listTenants, nameTenant } from "@/lib/services/connectors/tenants";

const tenantSchema = z.object({
  tenantId: z.string(),
  tenantName: z
    .string()
    .nullable()
    .meta({ description: "What people call it; null: nobody gave it a name." }),
  connectors: z.number(),
});

export const listTenantsRoute = defineRoute({
  method: "GET",
  path: "/tenants",
  summary: "List the tenants that connectors lead to, with what people call them",
  description: "For administrators.",
  tags: ["Destinations"],
  permission: "admin.system",
  answer: { status: 200, schema: pageOf(tenantSchema) },
  run: async ({ actor }) => ({ data: await listTenants(actor), nextCursor: null }),
});

export const nameTenantRoute = defineRoute({
  method: "PATCH",
  path: "/tenants/{tenantId}",
  summary: "Say what people call a tenant",
  description:
    "For administrators. The name stands wherever the tenant is told, for every team that sends there; null takes it away. It changes nothing of what is sent.",
  tags: ["Destinations"],
  permission: "admin.system",
  params: z.strictObject({ tenantId: z.guid("Name a tenant by its id.") }),
  body: z.strictObject({ tenantName: tenantNameSchema }),
  answer: { status: 200, schema: tenantSchema },
  run: ({ actor, params, body }) => nameTenant(actor, params.tenantId, body.tenantName),
});
