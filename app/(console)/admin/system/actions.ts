"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { sayStarted } from "@/components/connectors/say-started";
import { defineAction } from "@/lib/actions/action";
import { numberOf } from "@/lib/actions/fields";
import { retentionPatchSchema } from "@/lib/domain/feed/retention";
import { reasonSchema } from "@/lib/domain/delivery/reason-input";
import { startAll, stopAll } from "@/lib/services/delivery/switch-sending";
import { updateRetention } from "@/lib/services/operations/retention";

const { shape } = retentionPatchSchema;

/** Changes how long what feeds brought and what was sent is kept. */
export const updateRetentionAction = defineAction({
  permission: "admin.system",
  schema: z.object({
    generations: numberOf(shape.generations.unwrap()),
    bodyDays: numberOf(shape.bodyDays.unwrap()),
    runDays: numberOf(shape.runDays.unwrap()),
    attributionDays: numberOf(shape.attributionDays.unwrap()),
    pushDays: numberOf(shape.pushDays.unwrap()),
  }),
  run: async ({ actor, input }) => {
    await updateRetention(actor, input);
    revalidatePath("/admin/system");
    return { status: "done", message: "Saved. What its time is over of goes within the hour." };
  },
});

/** Switches all sending off, for every team and destination. */
export const stopSendingAction = defineAction({
  permission: "admin.system",
  schema: z.object({ reason: reasonSchema }),
  run: async ({ actor, input }) => {
    await stopAll(actor, input.reason);
    revalidatePath("/admin/system");
    return { status: "done", message: "Nothing more is sent to any destination." };
  },
});

/** Switches sending on again. */
export const startSendingAction = defineAction({
  permission: "admin.system",
  schema: z.object({}),
  run: async ({ actor }) => {
    const { stopped } = await startAll(actor);
    revalidatePath("/admin/system");
    return { status: "done", message: sayStarted(stopped) };
  },
});
