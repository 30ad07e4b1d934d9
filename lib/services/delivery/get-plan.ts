import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

import { PLAN_SELECT, toPlanView, type PlanView } from "./plan-view";

/** One plan of a team the actor has a part in. A foreign plan and an unknown one are the same `not_found`. */
export const getPlan = async (actor: Actor, planId: string): Promise<PlanView> => {
  const teamIds = actor.teams.map(({ id }) => id);
  const plan = await asActor(actor, (tx) =>
    tx.plan.findFirst({ where: { id: planId, teamId: { in: teamIds } }, select: PLAN_SELECT }),
  );
  if (!plan) throw new AppError("not_found", "There is no such plan.");
  return toPlanView(plan);
};
