"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineAction } from "@/lib/actions/action";
import { blankAsUndefined } from "@/lib/actions/fields";
import { addressesInputSchema, MICROSOFT_CLOUDS } from "@/lib/domain/connector/cloud-addresses";
import { updateCloudAddresses } from "@/lib/services/operations/cloud-addresses";

const { shape } = addressesInputSchema;
const fields = {
  ...{ signIn: blankAsUndefined(shape.signIn), defender: blankAsUndefined(shape.defender) },
  ...{ defenderScope: blankAsUndefined(shape.defenderScope) },
  ...{ sentinelUpload: blankAsUndefined(shape.sentinelUpload) },
  ...{ azureManagement: blankAsUndefined(shape.azureManagement) },
  ...{ azureScope: blankAsUndefined(shape.azureScope), graph: blankAsUndefined(shape.graph) },
  ...{ graphScope: blankAsUndefined(shape.graphScope), logs: blankAsUndefined(shape.logs) },
  ...{ logsScope: blankAsUndefined(shape.logsScope) },
};

/** Sets the addresses of one cloud; a field left empty is Microsoft's own. */
export const updateCloudAction = defineAction({
  permission: "admin.system",
  schema: z.object({ cloud: z.enum(MICROSOFT_CLOUDS), confirm: z.string(), ...fields }),
  run: async ({ actor, input: { cloud, confirm, ...addresses } }) => {
    await updateCloudAddresses(actor, { cloud, confirm, addresses });
    revalidatePath("/admin/system/clouds");
    return { status: "done", message: "Saved. Connectors use these addresses from their next request on." };
  },
});
