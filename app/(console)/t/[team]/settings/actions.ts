"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import { changeRole, removeMember } from "@/lib/services/people/change-member";
import { inviteUser, revokeInvitation } from "@/lib/services/people/invite-user";
import { inviteInputSchema, roleSchema, teamInputSchema } from "@/lib/services/people/schemas";
import { updateTeam } from "@/lib/services/people/update-team";

const ofTeam = { team: z.string() };
const settingsPath = (slug: string): string => `/t/${slug}/settings`;

/** Calls the team otherwise; its address stays. */
export const renameTeamAction = defineTeamAction({
  permission: "team.write",
  schema: teamInputSchema.pick({ name: true }).extend(ofTeam),
  run: async ({ actor, team, input }) => {
    const { name } = await updateTeam(actor, team.id, { name: input.name });
    revalidatePath("/", "layout");
    const message =
      name === team.name
        ? "It is called so already."
        : `It is called ${name} now. The next plan of each connector changes its records.`;
    return { status: "done", message };
  },
});

/** Makes a one-time link into the team; it stands only in this answer. */
export const inviteAction = defineTeamAction({
  permission: "team.write",
  schema: inviteInputSchema.extend(ofTeam),
  run: async ({ actor, team, input }) => {
    const { url, email } = await inviteUser(actor, team.id, input);
    revalidatePath(settingsPath(team.slug));
    return { status: "done", message: `Give this link to ${email}.`, data: url };
  },
});

/** Ends an open invitation. */
export const revokeInvitationAction = defineTeamAction({
  permission: "team.write",
  schema: z.strictObject({ ...ofTeam, invitationId: z.uuid() }),
  run: async ({ actor, team, input }) => {
    await revokeInvitation(actor, { teamId: team.id, invitationId: input.invitationId });
    revalidatePath(settingsPath(team.slug));
    return { status: "done", message: "The link no longer opens." };
  },
});

/** Gives a member another role. */
export const changeRoleAction = defineTeamAction({
  permission: "team.write",
  schema: z.strictObject({ ...ofTeam, userId: z.uuid(), role: roleSchema }),
  run: async ({ actor, team, input }) => {
    await changeRole(actor, { teamId: team.id, userId: input.userId }, input.role);
    revalidatePath(settingsPath(team.slug));
    return { status: "done", message: `Is ${input.role} from now on.` };
  },
});

/** Takes a member out of the team. */
export const removeMemberAction = defineTeamAction({
  permission: "team.write",
  schema: z.strictObject({ ...ofTeam, userId: z.uuid() }),
  run: async ({ actor, team, input }) => {
    await removeMember(actor, { teamId: team.id, userId: input.userId });
    revalidatePath(settingsPath(team.slug));
    return { status: "done", message: "Is no longer in the team. What they made stays." };
  },
});
