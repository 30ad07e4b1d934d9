"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineAction } from "@/lib/actions/action";
import { numberOf } from "@/lib/actions/fields";
import { retentionPatchSchema } from "@/lib/domain/feed/retention";
import { updateRetention } from "@/lib/services/operations/retention";

const { shape } = retentionPatchSchema;

/** Changes how long what feeds brought is kept. */
export const updateRetentionAction = defineAction({
  permission: "admin.system",
  schema: z.object({
    generations: numberOf(shape.generations.unwrap()),
    bodyDays: numberOf(shape.bodyDays.unwrap()),
    runDays: numberOf(shape.runDays.unwrap()),
    attributionDays: numberOf(shape.attributionDays.unwrap()),
  }),
  run: async ({ actor, input }) => {
    await updateRetention(actor, input);
    revalidatePath("/admin/system");
    return { status: "done", message: "Saved. What its time is over of goes within the hour." };
  },
});
