"use server";

import { redirect } from "next/navigation";
import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import { asDoer } from "@/lib/domain/access/actor";
import { applyPlan } from "@/lib/services/delivery/apply-plan";

/** Hands a reviewed plan over to a push and follows it. The hash says which plan was looked at. */
export const applyPlanAction = defineTeamAction({
  permission: "push.apply",
  schema: z.strictObject({ team: z.string(), id: z.uuid(), hash: z.string() }),
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
