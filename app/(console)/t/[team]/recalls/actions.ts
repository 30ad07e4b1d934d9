"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";

import type { RecallReach } from "@/components/recalls/recall-reach-answer";
import { defineTeamAction } from "@/lib/actions/action";
import { blankAsUndefined } from "@/lib/actions/fields";
import { unknown } from "@/lib/auth/require";
import { RECALL_KINDS } from "@/lib/domain/screening/recall";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { checkRecall } from "@/lib/services/recalls/check-recall";
import { createRecall, liftRecall } from "@/lib/services/recalls/create-recall";
import { getRecall } from "@/lib/services/recalls/get-recall";

const targetFields = {
  team: z.string(),
  kind: z.enum(RECALL_KINDS),
  target: z.string().trim().min(1, "Say what is to be taken back.").max(2_000),
};

/** Says what a recall would take back. It changes nothing. */
export const checkRecallAction = defineTeamAction({
  permission: "recall.write",
  schema: z.object(targetFields),
  run: async ({ actor, team, input: { kind, target } }) => {
    const data: RecallReach = await checkRecall(actor, team.id, readTarget(kind, target, "target"));
    return { status: "done", message: "", data };
  },
});

/** Takes something back in the team and opens the page that counts down. */
export const recallAction = defineTeamAction({
  permission: "recall.write",
  schema: z.object({
    ...targetFields,
    reason: z.string().trim().min(1, "Say why: it is kept in the audit.").max(1_000),
    until: blankAsUndefined(z.iso.date().optional()),
  }),
  run: async ({ actor, team, input: { kind, target, reason, until } }) => {
    const recall = await createRecall(actor, team.id, {
      target: readTarget(kind, target, "target"),
      reason,
      until: until === undefined ? null : new Date(`${until}T23:59:59.000Z`),
    });
    revalidatePath(`/t/${team.slug}`, "layout");
    redirect(`/t/${team.slug}/recalls/${recall.id}`);
  },
});

/** Ends a recall. */
export const liftRecallAction = defineTeamAction({
  permission: "recall.write",
  schema: z.object({ team: z.string(), recallId: z.uuid() }),
  run: async ({ actor, team, input: { recallId } }) => {
    const recall = await getRecall(actor, recallId);
    if (recall.teamId !== null && recall.teamId !== team.id) throw unknown("recall");
    await liftRecall(actor, recall);
    revalidatePath(`/t/${team.slug}`, "layout");
    return { status: "done", message: "Lifted. What is still vouched for goes out with the next plan." };
  },
});
