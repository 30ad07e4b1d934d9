import "server-only";

import type { PoolClient } from "pg";

import {
  budgetSettingsSchema,
  type BudgetSettings,
  type Weights,
} from "@/lib/domain/selection/budget-settings";

/** A destination's budget by its row: what an administrator set, else the defaults. */
export const readSettings = (stored: unknown): BudgetSettings => budgetSettingsSchema.parse(stored ?? {});

/** What makes a candidate worth a place at the destination. */
export const readWeights = async (client: PoolClient, destinationId: string): Promise<Weights> => {
  const { rows } = await client.query<{ budget: unknown }>("SELECT budget FROM destination WHERE id = $1", [
    destinationId,
  ]);
  return readSettings(rows[0]?.budget).weights;
};
