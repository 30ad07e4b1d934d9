import "server-only";

import type { Tx } from "@/lib/db/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

import { PLAN_SELECT, toPlanView, type PlanView } from "./plan-view";

/**
 * One plan of a team the actor has a part in; one that a newer took the place of names its connector's newest. A foreign plan and an
 * unknown one are the same `not_found`.
 */
export const getPlan = async (actor: Actor, planId: string): Promise<PlanView> => {
  const teamIds = actor.teams.map(({ id }) => id);
  return asActor(actor, async (tx) => {
    const plan = await tx.plan.findFirst({
      where: { id: planId, teamId: { in: teamIds } },
      select: PLAN_SELECT,
    });
    if (!plan) throw new AppError("not_found", "There is no such plan.");
    return toPlanView(plan, plan.supersededAt && (await findNewest(tx, plan)));
  });
};

const findNewest = async (
  tx: Tx,
  { connectorId, teamId }: { connectorId: string; teamId: string },
): Promise<string | null> => {
  const newest = await tx.plan.findFirst({
    where: { connectorId, teamId, partial: false, supersededAt: null },
    orderBy: { createdAt: "desc" },
    select: { id: true },
  });
  return newest?.id ?? null;
};
