"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineAction } from "@/lib/actions/action";
import { tenantNameSchema } from "@/lib/domain/connector/tenant";
import { nameTenant } from "@/lib/services/connectors/tenants";

/** Says what people call a tenant; an empty field takes its name away. */
export const nameTenantAction = defineAction({
  permission: "admin.system",
  schema: z.object({
    tenantId: z.guid(),
    tenantName: z
      .string()
      .transform((text) => (text.trim() === "" ? null : text))
      .pipe(tenantNameSchema),
  }),
  run: async ({ actor, input: { tenantId, tenantName } }) => {
    await nameTenant(actor, tenantId, tenantName);
    revalidatePath("/", "layout");
    const message =
      tenantName === null ? "It is told by its id again." : `It is called ${tenantName} for every team.`;
    return { status: "done", message };
  },
});
