import "server-only";

import { z } from "zod";

import type { Prisma } from "@/lib/db/generated/client";

import { planBudgetSchema, type PlanBudget } from "@/lib/domain/selection/cut";

import type { PlanCounts } from "./create-plan";

export const PLAN_SELECT = {
  id: true,
  connectorId: true,
  teamId: true,
  state: true,
  hash: true,
  add: true,
  change: true,
  remove: true,
  keep: true,
  blocked: true,
  blockedByReason: true,
  budget: true,
  createdAt: true,
  appliedAt: true,
} as const satisfies Prisma.PlanSelect;

export type PlanView = {
  id: string;
  connectorId: string;
  teamId: string;
  state: "draft" | "applied" | "stale";
  hash: string;
  counts: PlanCounts;
  blockedByReason: Record<string, number>;
  /** What it took of its destination's places; null where there is no limit, or for a plan of some values alone. */
  budget: PlanBudget | null;
  createdAt: Date;
  appliedAt: Date | null;
};

/** Shapes a row for the outside. */
export const toPlanView = (row: Prisma.PlanGetPayload<{ select: typeof PLAN_SELECT }>): PlanView => {
  const { id, connectorId, teamId, state, hash, createdAt, appliedAt } = row;
  const { add, change, remove, keep, blocked } = row;
  return {
    ...{ id, connectorId, teamId, state, hash, createdAt, appliedAt },
    counts: { add, change, remove, keep, blocked },
    blockedByReason: z.record(z.string(), z.number()).parse(row.blockedByReason),
    budget: planBudgetSchema.nullable().parse(row.budget),
  };
};
