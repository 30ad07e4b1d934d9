"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import { asDoer } from "@/lib/domain/access/actor";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { approvePlan } from "@/lib/services/planning/approve-plan";

const ofPlan = z.strictObject({ team: z.string(), id: z.uuid(), hash: z.string() });

/** Says, as a second person, that a plan may be applied. */
export const approvePlanAction = defineTeamAction({
  permission: "push.apply",
  schema: ofPlan,
  run: async ({ actor, team, input: { id, hash } }) => {
    await approvePlan(actor, { planId: id, teamId: team.id, hash });
    revalidatePath(`/t/${team.slug}/plans/${id}`);
    return { status: "done", message: "Approved. It can be applied now." };
  },
});

/** Hands a reviewed plan over to a push and follows it. The hash says which plan was looked at. */
export const applyPlanAction = defineTeamAction({
  permission: "push.apply",
  schema: ofPlan,
  run: async ({ actor, team, input }) => {
    const push = await applyPlan({
      planId: input.id,
      teamId: team.id,
      hash: input.hash,
      doer: asDoer(actor),
    });
    redirect(`/t/${team.slug}/pushes/${push.id}`);
  },
});
