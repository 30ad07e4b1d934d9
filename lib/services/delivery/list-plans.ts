import "server-only";

import { asTeam } from "@/lib/db/scope";

import { PLAN_SELECT, toPlanView, type PlanView } from "./plan-view";

/** The latest plans of a connector, newest first. */
export const listPlans = async (
  { id, teamId }: { id: string; teamId: string },
  { limit }: { limit: number },
): Promise<PlanView[]> => {
  const plans = await asTeam(teamId, (tx) =>
    tx.plan.findMany({
      where: { connectorId: id, teamId },
      orderBy: { createdAt: "desc" },
      take: limit,
      select: PLAN_SELECT,
    }),
  );
  return plans.map(toPlanView);
};
