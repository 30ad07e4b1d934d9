import "server-only";

import { asTeam } from "@/lib/db/scope";

import { PLAN_PUSH_SELECT, PLAN_SELECT, toPlanView, type PlanView } from "./plan-view";

/** The place of a plan in its list. */
type Place = { at: Date; id: string };

type Options = {
  limit: number;
  /** The `next` of the page before. */
  after: Place | null;
};

/** A connector's plans, newest first. */
export const listPlans = async (
  { id, teamId }: { id: string; teamId: string },
  { limit, after }: Options,
): Promise<{ plans: PlanView[]; next: Place | null }> => {
  const { rows, pushes } = await asTeam(teamId, async (tx) => {
    const found = await tx.plan.findMany({
      where: {
        connectorId: id,
        teamId,
        supersededAt: null,
        ...(after && {
          OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }],
        }),
      },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit + 1,
      select: PLAN_SELECT,
    });
    const planId = { in: found.map((row) => row.id) };
    const carried = await tx.push.findMany({
      where: { connectorId: id, teamId, planId },
      select: PLAN_PUSH_SELECT,
    });
    return { rows: found, pushes: new Map(carried.map((push) => [push.planId, push])) };
  });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    plans: page.map((row) => toPlanView(row, { push: pushes.get(row.id) })),
    next: last ? { at: last.createdAt, id: last.id } : null,
  };
};
