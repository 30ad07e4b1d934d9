"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import { blankAsUndefined, checkbox } from "@/lib/actions/fields";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { countApprovers, teamRulesSchema, updateTeamRules } from "@/lib/services/people/team-rules";

/** Says which changes of the team's own list wait for another member. */
export const setSecondPersonAction = defineTeamAction({
  permission: "team.write",
  schema: z.object({
    team: z.string(),
    secondPerson: teamRulesSchema.shape.secondPerson,
    secondPersonWithdrawals: checkbox(),
  }),
  run: async ({ actor, team, input: { secondPerson, secondPersonWithdrawals } }) => {
    await updateTeamRules(actor, team.id, { secondPerson, secondPersonWithdrawals });
    revalidatePath(`/t/${team.slug}`, "layout");
    const asks = secondPerson !== "off" || secondPersonWithdrawals;
    const message =
      asks && (await countApprovers(team.id)) < 2
        ? "Saved. But nobody else of the team may approve yet: invite a second analyst or owner, or what waits goes on waiting."
        : "Saved. What waits already goes on waiting.";
    return { status: "done", message };
  },
});

const whole = (min: number, max: number) =>
  blankAsUndefined(z.coerce.number<string>().int("Use a whole number.").min(min).max(max).optional());

/** Says how fast confidence fades, by type. */
export const setFadingAction = defineTeamAction({
  permission: "team.write",
  schema: z.object({
    team: z.string(),
    halfLifeDays: z.partialRecord(z.enum(INDICATOR_TYPES), whole(1, 3_650)),
    floor: z.partialRecord(z.enum(INDICATOR_TYPES), whole(0, 99)),
  }),
  run: async ({ actor, team, input }) => {
    const fading = INDICATOR_TYPES.flatMap((type) => {
      const halfLifeDays = input.halfLifeDays[type];
      return halfLifeDays === undefined ? [] : [{ type, halfLifeDays, floor: input.floor[type] ?? 0 }];
    });
    await updateTeamRules(actor, team.id, { fading });
    revalidatePath(`/t/${team.slug}`, "layout");
    return { status: "done", message: "Saved. Confidence follows within a minute." };
  },
});
