"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import { asDoer } from "@/lib/domain/access/actor";
import { leaveOut } from "@/lib/services/delivery/leave-out";
import { resumePush } from "@/lib/services/delivery/resume-push";

/** Lets a stopped push go on with what is still open, and one that waits for its destination try at once. */
export const resumePushAction = defineTeamAction({
  permission: "push.apply",
  schema: z.strictObject({ team: z.string(), id: z.uuid() }),
  run: async ({ actor, team, input }) => {
    await resumePush({ pushId: input.id, teamId: team.id, doer: asDoer(actor) });
    revalidatePath(`/t/${team.slug}/pushes/${input.id}`);
    return { status: "done", message: "It goes on with what is still open." };
  },
});

/** Ends a push that waits, without what may be why it does. */
export const leaveOutAction = defineTeamAction({
  permission: "push.apply",
  schema: z.strictObject({ team: z.string(), id: z.uuid() }),
  run: async ({ actor, team, input }) => {
    const { isEnded } = await leaveOut({ pushId: input.id, teamId: team.id, doer: asDoer(actor) });
    revalidatePath(`/t/${team.slug}/pushes/${input.id}`);
    const message = isEnded
      ? "The push has ended without them."
      : "They are left out. A worker has the push at this moment, and ends it.";
    return { status: "done", message };
  },
});
