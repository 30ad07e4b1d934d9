import "server-only";

import type { Tx } from "@/lib/db/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

import { PLAN_PUSH_SELECT, PLAN_SELECT, toPlanView, type PlanView } from "./plan-view";

/**
 * One plan of a team the actor has a part in, with its push, or the newer plan in its place. A foreign plan and an unknown one are the
 * same `not_found`.
 */
export const getPlan = async (actor: Actor, planId: string): Promise<PlanView> => {
  const teamIds = actor.teams.map(({ id }) => id);
  return asActor(actor, async (tx) => {
    const plan = await tx.plan.findFirst({
      where: { id: planId, teamId: { in: teamIds } },
      select: PLAN_SELECT,
    });
    if (!plan) throw new AppError("not_found", "There is no such plan.");
    if (plan.state !== "applied") return toPlanView(plan, { newer: await findNewer(tx, plan) });
    const { connectorId, teamId } = plan;
    const push = await tx.push.findFirst({
      where: { connectorId, teamId, planId },
      select: PLAN_PUSH_SELECT,
    });
    return toPlanView(plan, { push });
  });
};

type Row = Pick<PlanView, "id" | "connectorId" | "teamId" | "createdAt"> & { supersededAt: Date | null };

// What took a plan's place is told whatever became of that; else only one that can be looked at with some use.
const findNewer = async (
  tx: Tx,
  { id, connectorId, teamId, createdAt, supersededAt }: Row,
): Promise<string | null> => {
  const of = { connectorId, teamId, partial: false, supersededAt: null, id: { not: id } };
  const newest = await tx.plan.findFirst({
    where: supersededAt ? of : { ...of, state: { not: "stale" }, createdAt: { gt: createdAt } },
    orderBy: { createdAt: "desc" },
    select: { id: true },
  });
  return newest?.id ?? null;
};
