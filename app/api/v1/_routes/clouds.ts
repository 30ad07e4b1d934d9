import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import {
  addressesInputSchema,
  HOST_FIELDS,
  MICROSOFT_CLOUDS,
  SCOPE_FIELDS,
} from "@/lib/domain/connector/cloud-addresses";
import { listCloudSettings, updateCloudAddresses } from "@/lib/services/operations/cloud-addresses";

const fieldSchema = z.enum([...HOST_FIELDS, ...SCOPE_FIELDS]);
const addressesSchema = z.record(fieldSchema, z.string().nullable());
const cloudSettingsSchema = z.object({
  cloud: z.enum(MICROSOFT_CLOUDS),
  addresses: addressesSchema.meta({ description: "As they hold; null where none is known." }),
  builtIn: addressesSchema.meta({ description: "Microsoft's own." }),
  overridden: z.array(fieldSchema),
});

export const listCloudsRoute = defineRoute({
  method: "GET",
  path: "/system/clouds",
  summary: "See the addresses of Microsoft's clouds",
  description: "For administrators.",
  tags: ["System"],
  permission: "admin.system",
  answer: { status: 200, schema: z.object({ data: z.array(cloudSettingsSchema) }) },
  run: async ({ actor }) => ({ data: await listCloudSettings(actor) }),
});

export const updateCloudRoute = defineRoute({
  method: "PUT",
  path: "/system/clouds/{cloud}",
  summary: "Set the addresses of one of Microsoft's clouds",
  description:
    "For administrators. What is left out is Microsoft's own again. Secrets of every team's connectors in that cloud go to these addresses, so `confirm` has to repeat the cloud's name.",
  tags: ["System"],
  permission: "admin.system",
  params: z.strictObject({ cloud: z.enum(MICROSOFT_CLOUDS) }),
  body: z.strictObject({ addresses: addressesInputSchema, confirm: z.string() }),
  answer: { status: 200, schema: cloudSettingsSchema },
  run: ({ actor, params, body }) => updateCloudAddresses(actor, { cloud: params.cloud, ...body }),
});
