import "server-only";

import { z } from "zod";

import type { Prisma } from "@/lib/db/generated/client";

import type { PlanPush } from "@/lib/domain/delivery/plan-phase";
import { takesBackOnly } from "@/lib/domain/delivery/takes-back";
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
  approvedBy: true,
  approvedByName: true,
  waitsBecause: true,
  unreadBecause: true,
  supersededAt: true,
  staleBecause: true,
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
  approvedById: string | null;
  /** Why an automatic connector leaves it to a person. */
  waitsBecause: string | null;
  /** Why its tenant could not be read for what others hold there; null where it was, or nobody needs to. */
  unreadBecause: string | null;
  /** A newer plan took its place, `by` while there is one; its items are gone. Null: none did. */
  superseded: { by: string | null } | null;
  /** Why it was not applied when somebody wanted to; null where nobody did, or a newer plan took its place. */
  staleBecause: string | null;
  /** The connector's newest whole plan, where that is newer and not stale itself; of one that was applied nobody asks. */
  newer: string | null;
  /** It takes back all that the connector sent. */
  isWithdrawal: boolean;
  /** It takes back and brings nothing, so that it goes while its connector is paused. */
  goesWhilePaused: boolean;
  /** What carries it out, once it is applied. */
  push: (PlanPush & { id: string }) | null;
  /** What it left out is listed. Later than a newer plan was made, only how much it was is known. */
  listsBlocked: boolean;
};

export const PLAN_PUSH_SELECT = {
  id: true,
  planId: true,
  state: true,
  planned: true,
  accepted: true,
  removed: true,
  failed: true,
  skipped: true,
} as const satisfies Prisma.PushSelect;

type Around = {
  /** The plan that took its place, or is newer. */
  newer?: string | null;
  push?: Prisma.PushGetPayload<{ select: typeof PLAN_PUSH_SELECT }> | null | undefined;
};

/** Shapes a row for the outside. */
export const toPlanView = (
  row: Prisma.PlanGetPayload<{ select: typeof PLAN_SELECT }>,
  { newer = null, push = null }: Around = {},
): PlanView => {
  const { id, connectorId, teamId, state, hash, createdAt, createdBy, appliedAt } = row;
  const { approvedAt, approvedByName, waitsBecause, unreadBecause, staleBecause, partial } = row;
  const { add, change, remove, keep, blocked } = row;
  const changesByReason = changesSchema.parse(row.changesByReason);
  const isWithdrawal = add + change === 0 && changesByReason.remove?.["taken-back"] === remove;
  return {
    ...{ id, connectorId, teamId, state, hash, createdAt, createdBy, appliedAt },
    ...{ approvedAt, approvedBy: approvedByName, approvedById: row.approvedBy },
    ...{ waitsBecause, unreadBecause, staleBecause, isPartial: partial },
    superseded: row.supersededAt && { by: newer },
    newer: row.supersededAt ? null : newer,
    isWithdrawal,
    goesWhilePaused: isWithdrawal || takesBackOnly({ isPartial: partial, counts: { add, change } }),
    listsBlocked: row.blockedDroppedAt === null,
    counts: { add, change, remove, keep, blocked },
    blockedByReason: reasonsSchema.parse(row.blockedByReason),
    changesByReason,
    budget: planBudgetSchema.nullable().parse(row.budget),
    push: push && toPlanPush(push),
  };
};

const toPlanPush = ({
  id,
  state,
  planId: _,
  ...counts
}: Prisma.PushGetPayload<{ select: typeof PLAN_PUSH_SELECT }>): PlanView["push"] => ({ id, state, counts });

const reasonsSchema = z.record(z.string(), z.number());
const changesSchema = z.object({
  add: reasonsSchema.optional(),
  change: reasonsSchema.optional(),
  remove: reasonsSchema.optional(),
});
