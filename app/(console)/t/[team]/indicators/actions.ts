"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import type { AddAnswer, CheckAnswer } from "@/components/indicators/add-answers";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { defineTeamAction } from "@/lib/actions/action";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { checkText } from "@/lib/services/indicators/check-text";
import { editLocalEntry } from "@/lib/services/indicators/local-entry";
import { liftWithdrawal } from "@/lib/services/indicators/lift-withdrawal";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";

import { addFormSchema, pastedTextSchema, toItems } from "./add-form-schema";
import { sharedFormFields, toShared } from "./shared-form";
import { describeAdded } from "./describe-added";

/** Says for each value of a pasted text what adding it would do. It stores nothing. */
export const checkTextAction = defineTeamAction({
  permission: "indicator.write",
  schema: z.object({ team: z.string(), text: pastedTextSchema }),
  run: async ({ team, input }) => {
    const checked = await checkText(team.id, input.text);
    const fresh = checked.filter(({ verdict }) => verdict === "new").length;
    const data: CheckAnswer = { checked, unit: "line", notes: [] };
    return {
      status: "done",
      message: `${formatNumber(fresh)} of ${formatCount(checked.length, "value")} ${checked.length === 1 ? "is" : "are"} new.`,
      data,
    };
  },
});

/** Adds what was pasted to the team's own list, each value judged by itself. */
export const addIndicatorsAction = defineTeamAction({
  permission: "indicator.write",
  schema: addFormSchema,
  run: async ({ actor, team, input }) => {
    const items = toItems(input, new Date());
    const outcomes = await addLocalIndicators(
      actor,
      team,
      items.map(({ item }) => item),
    );
    const results = items.map(({ line, original, reason }, index) => {
      const outcome = outcomes[index];
      if (!outcome) throw new Error("The answer holds fewer outcomes than items were sent.");
      return { ...outcome, line, original, reason: reason ?? outcome.reason };
    });
    revalidatePath(`/t/${team.slug}`, "layout");
    const data: AddAnswer = { results, unit: "line", notes: [] };
    return { status: "done", message: describeAdded(results), data };
  },
});

/** Changes what the team's own list says of a value. */
export const editIndicatorAction = defineTeamAction({
  permission: "indicator.write",
  schema: z.object({ team: z.string(), indicatorId: z.uuid(), ...sharedFormFields }),
  run: async ({ actor, team, input: { indicatorId, ...shared } }) => {
    const facts = toShared(shared, new Date());
    const { outcome } = await editLocalEntry(actor, team, { indicatorId, facts });
    revalidatePath(`/t/${team.slug}`, "layout");
    const message = "Changed. The next plan of each connector carries it on.";
    if (outcome === "proposed")
      return {
        status: "done",
        message: "Proposed. It stays as it is until another member of the team approves.",
      };
    return { status: "done", message: outcome === "unchanged" ? "It said so already." : message };
  },
});

/** Ends a withdrawal: what the team's feeds say of the value counts again. */
export const liftWithdrawalAction = defineTeamAction({
  permission: "indicator.write",
  schema: z.object({ team: z.string(), indicatorId: z.uuid() }),
  run: async ({ actor, team, input: { indicatorId } }) => {
    const { isActive } = await liftWithdrawal(actor, team, indicatorId);
    revalidatePath(`/t/${team.slug}`, "layout");
    const message = isActive
      ? "Lifted. What its feeds say counts again, and goes out with the next plan."
      : "Lifted. No feed of the team names it now: add it by hand to have it back.";
    return { status: "done", message };
  },
});

/** Ends the team's own claim on a value. */
export const withdrawIndicatorAction = defineTeamAction({
  permission: "indicator.write",
  schema: z.object({
    team: z.string(),
    indicatorId: z.uuid(),
    reason: z.string().trim().min(1, "Say why: it is kept in the audit.").max(1_000),
  }),
  run: async ({ actor, team, input: { indicatorId, reason } }) => {
    const proposalId = await withdrawIndicator(actor, team, { indicatorId, reason });
    revalidatePath(`/t/${team.slug}`, "layout");
    const message =
      proposalId === null
        ? "Withdrawn. The next plan of each connector removes it."
        : "Proposed. It stands until another member of the team approves.";
    return { status: "done", message };
  },
});
