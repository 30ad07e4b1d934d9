"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import { createBulkChange, undoBulkChange } from "@/lib/services/bulk-changes/create-bulk-change";

import { bulkFormSchema, toChange, toSelection } from "./bulk-form-schema";

/** Withdraws or changes what is chosen in the list, and opens the page that shows how far it is. */
export const bulkChangeAction = defineTeamAction({
  permission: "indicator.write",
  schema: bulkFormSchema,
  run: async ({ actor, team, input }) => {
    const id = await createBulkChange(actor, team, {
      selection: toSelection(input),
      change: toChange(input),
      expected: input.expected,
    });
    revalidatePath(`/t/${team.slug}`, "layout");
    redirect(`/t/${team.slug}/bulk-changes/${id}`);
  },
});

/** Puts back what a change did, and opens the page of the undo. */
export const undoBulkChangeAction = defineTeamAction({
  permission: "indicator.write",
  schema: z.object({ team: z.string(), changeId: z.uuid() }),
  run: async ({ actor, team, input: { changeId } }) => {
    const { id } = await undoBulkChange(actor, team, changeId);
    revalidatePath(`/t/${team.slug}`, "layout");
    redirect(`/t/${team.slug}/bulk-changes/${id}`);
  },
});
