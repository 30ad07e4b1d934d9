"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineAction } from "@/lib/actions/action";
import { createTeam } from "@/lib/services/people/create-team";
import { inviteUser } from "@/lib/services/people/invite-user";
import { inviteInputSchema, teamInputSchema } from "@/lib/services/people/schemas";

/** Makes a team; its address comes from its name. */
export const createTeamAction = defineAction({
  permission: "admin.teams",
  schema: teamInputSchema.pick({ name: true }),
  run: async ({ actor, input }) => {
    const team = await createTeam(actor, input);
    revalidatePath("/admin/teams");
    return { status: "done", message: `${team.name} is there. Invite somebody into it.` };
  },
});

/** Invites somebody into any team by a one-time link. */
export const inviteIntoTeamAction = defineAction({
  permission: "admin.teams",
  schema: inviteInputSchema.extend({ teamId: z.uuid("Choose a team.") }),
  run: async ({ actor, input: { teamId, ...input } }) => {
    const { url, email } = await inviteUser(actor, teamId, input);
    revalidatePath("/admin/teams");
    return { status: "done", message: `Give this link to ${email}.`, data: url };
  },
});
