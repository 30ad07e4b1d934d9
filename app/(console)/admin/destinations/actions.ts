"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";

import type { BudgetEffect } from "@/components/connectors/budget-effect-answer";
import { defineAction } from "@/lib/actions/action";
import { numberOf } from "@/lib/actions/fields";
import { placeShareSchema, places, steadiness, weights } from "@/lib/domain/selection/budget-settings";
import { checkBudget } from "@/lib/services/budget/check-budget";
import { updateBudget } from "@/lib/services/budget/update-budget";

const shares = z
  .record(
    z.uuid(),
    z
      .object({ floor: z.string(), ceiling: z.string() })
      .transform(({ floor, ceiling }) => ({
        floor: floor.trim() === "" ? 0 : Number(floor),
        ceiling: ceiling.trim() === "" ? null : Number(ceiling),
      }))
      .pipe(placeShareSchema),
  )
  .default({});

/**
 * Changes who gets a destination's places. Where more records would lose theirs than somebody has agreed to, or only the question
 * is asked, nothing is saved and what would change is the answer.
 */
export const updateBudgetAction = defineAction({
  permission: "admin.system",
  schema: z.object({
    id: z.uuid(),
    intent: z.enum(["check", "save"]).default("save"),
    agreed: numberOf(places).default(0),
    headroom: numberOf(places),
    steadiness: numberOf(steadiness),
    weights: z.object({
      confidence: numberOf(weights.confidence),
      severity: numberOf(weights.severity),
      recency: numberOf(weights.recency),
      type: numberOf(weights.type),
      sources: numberOf(weights.sources),
    }),
    teams: shares,
    feeds: shares,
  }),
  run: async ({ actor, input: { id, intent, agreed, ...budget } }) => {
    const effect: BudgetEffect = await checkBudget(actor, id, budget);
    if (intent === "check" || effect.leave > agreed)
      return { status: "done", message: "Nothing is saved yet.", data: effect };
    await updateBudget(actor, id, budget);
    revalidatePath("/admin/destinations");
    return {
      status: "done",
      message: "Saved. Automatic connectors plan by it at once, others with their next plan.",
    };
  },
});
