import "server-only";

import type { PoolClient } from "pg";

import { AppError } from "@/lib/domain/errors";
import {
  budgetSettingsSchema,
  findOverpromise,
  type BudgetSettings,
  type Weights,
} from "@/lib/domain/selection/budget-settings";
import { parseCapacity } from "@/lib/services/delivery/note-capacity";

/** A destination's budget by its row: what an administrator set, else the defaults. */
export const readSettings = (stored: unknown): BudgetSettings => budgetSettingsSchema.parse(stored ?? {});

/** Who gets the places of a destination with a limit, and how many it has. Throws `not_found` for any other. */
export const readBudget = async (
  client: PoolClient,
  destinationId: string,
  { isLocked = false } = {},
): Promise<{ budget: BudgetSettings; limit: number }> => {
  const { rows } = await client.query<{ capacity: unknown; budget: unknown }>(
    `SELECT capacity, budget FROM destination WHERE id = $1 AND kind = 'defender' ${isLocked ? "FOR UPDATE" : ""}`,
    [destinationId],
  );
  const [row] = rows;
  if (!row) throw new AppError("not_found", "There is no such destination with a limit.");
  return { budget: readSettings(row.budget), limit: parseCapacity(row.capacity).limit };
};

/** Throws `invalid_input` for floors that promise more than there is. */
export const assertPromise = (before: BudgetSettings, after: BudgetSettings, limit: number): void => {
  const problem = findOverpromise(before, after, limit);
  if (problem === null) return;
  const { detail, pointers } = problem;
  throw new AppError("invalid_input", detail, {
    fields: pointers.map((pointer) => ({ pointer, detail })),
  });
};

/** What makes a candidate worth a place at the destination. */
export const readWeights = async (client: PoolClient, destinationId: string): Promise<Weights> => {
  const { rows } = await client.query<{ budget: unknown }>("SELECT budget FROM destination WHERE id = $1", [
    destinationId,
  ]);
  return readSettings(rows[0]?.budget).weights;
};
