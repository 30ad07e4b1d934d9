"use server";

import { redirect } from "next/navigation";

import { defineAction } from "@/lib/actions/action";
import { createTeam } from "@/lib/services/people/create-team";
import { teamInputSchema } from "@/lib/services/people/schemas";

/** Names the installation's first team and goes there. */
export const createFirstTeamAction = defineAction({
  permission: "admin.teams",
  schema: teamInputSchema.pick({ name: true }),
  run: async ({ actor, input }) => {
    const team = await createTeam(actor, input);
    redirect(`/t/${team.slug}/overview`);
  },
});
