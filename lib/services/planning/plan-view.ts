import "server-only";

import { z } from "zod";

import type { Prisma } from "@/lib/db/generated/client";

import { planBudgetSchema, type PlanBudget } from "@/lib/domain/selection/cut";

import type { ChangesByReason, PlanCounts } from "./plan-parts";

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
  changesByReason: true,
  partial: true,
  budget: true,
  createdAt: true,
  createdBy: true,
  appliedAt: true,
  approvedAt: true,
  approvedByName: true,
  waitsBecause: true,
  unreadBecause: true,
  supersededAt: true,
  blockedDroppedAt: true,
} as const satisfies Prisma.PlanSelect;

export type PlanView = {
  id: string;
  connectorId: string;
  teamId: string;
  state: "draft" | "applied" | "stale";
  hash: string;
  counts: PlanCounts;
  blockedByReason: Record<string, number>;
  changesByReason: ChangesByReason;
  /** Of some values alone. */
  isPartial: boolean;
  /** What it took of its destination's places; null where there is no limit, or for a plan of some values alone. */
  budget: PlanBudget | null;
  createdAt: Date;
  /** Null: the product itself. */
  createdBy: string | null;
  appliedAt: Date | null;
  approvedAt: Date | null;
  approvedBy: string | null;
  /** Why an automatic connector leaves it to a person. */
  waitsBecause: string | null;
  /** Why its tenant could not be read for what others hold there; null where it was, or nobody needs to. */
  unreadBecause: string | null;
  /** A newer plan took its place, `by` while there is one; its items are gone. Null: none did. */
  superseded: { by: string | null } | null;
  /** What it left out is listed. Later than a newer plan was made, only how much it was is known. */
  listsBlocked: boolean;
};

/** Shapes a row for the outside; `newestId` is the plan that took its place, if one did. */
export const toPlanView = (
  row: Prisma.PlanGetPayload<{ select: typeof PLAN_SELECT }>,
  newestId: string | null = null,
): PlanView => {
  const { id, connectorId, teamId, state, hash, createdAt, createdBy, appliedAt } = row;
  const { approvedAt, approvedByName, waitsBecause, unreadBecause, partial } = row;
  const { add, change, remove, keep, blocked } = row;
  return {
    ...{ id, connectorId, teamId, state, hash, createdAt, createdBy, appliedAt },
    ...{ approvedAt, approvedBy: approvedByName, waitsBecause, unreadBecause, isPartial: partial },
    superseded: row.supersededAt && { by: newestId },
    listsBlocked: row.blockedDroppedAt === null,
    counts: { add, change, remove, keep, blocked },
    blockedByReason: reasonsSchema.parse(row.blockedByReason),
    changesByReason: changesSchema.parse(row.changesByReason),
    budget: planBudgetSchema.nullable().parse(row.budget),
  };
};

const reasonsSchema = z.record(z.string(), z.number());
const changesSchema = z.object({
  add: reasonsSchema.optional(),
  change: reasonsSchema.optional(),
  remove: reasonsSchema.optional(),
});
