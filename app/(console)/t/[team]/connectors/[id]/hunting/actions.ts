"use server";

import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import { countHeld } from "@/lib/services/connectors/count-held";

/** Asks the workspace how many of the team's indicators it holds. Nothing is changed. */
export const countHeldAction = defineTeamAction({
  permission: "push.apply",
  schema: z.strictObject({ team: z.string(), id: z.uuid() }),
  run: async ({ team, input: { id } }) => {
    const { held, live } = await countHeld({ id, teamId: team.id });
    const words = `The workspace holds ${held.toLocaleString("en-US")} of ours; by its answers ${live.toLocaleString("en-US")} ${live === 1 ? "stands" : "stand"} there.`;
    return {
      status: "done",
      message: held === live ? words : `${words} New ones take some minutes to be counted.`,
    };
  },
});
