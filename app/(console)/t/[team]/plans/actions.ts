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
    // However it ends, the page says how the plan stands now.
    revalidatePath(`/t/${team.slug}/plans/${id}`);
    const { takesTwo } = await approvePlan(actor, { planId: id, teamId: team.id, hash });
    const next = takesTwo ? "Somebody else has to apply it now." : "It can be applied now.";
    return { status: "done", message: `Approved. ${next}` };
  },
});

/** Hands a reviewed plan over to a push and follows it. The hash says which plan was looked at. */
export const applyPlanAction = defineTeamAction({
  permission: "push.apply",
  schema: ofPlan,
  run: async ({ actor, team, input }) => {
    // Refused as stale, the page says so and leads on.
    revalidatePath(`/t/${team.slug}/plans/${input.id}`);
    const push = await applyPlan({
      planId: input.id,
      teamId: team.id,
      hash: input.hash,
      doer: asDoer(actor),
    });
    redirect(`/t/${team.slug}/pushes/${push.id}`);
  },
});
