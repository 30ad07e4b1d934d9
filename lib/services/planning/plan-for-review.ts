import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { logger } from "@/lib/observability/logger";

import { createPlan } from "./create-plan";

/** A plan that was made for a person to look at, with what it would do. */
export type WaitingPlan = {
  id: string;
  connectorId: string;
  connector: string;
  add: number;
  change: number;
  remove: number;
};

/**
 * Plans at each connector of the team where a person applies, after an act that changed what these want. Automatic ones plan by
 * themselves. What cannot be planned now is left out: the act is done, and the overview asks for that plan.
 */
export const planForReview = async (actor: Actor, teamId: string): Promise<WaitingPlan[]> => {
  const connectors = await asTeam(teamId, (tx) =>
    tx.connector.findMany({
      where: { teamId, mode: "review", enabled: true, deletedAt: null },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      select: { id: true, name: true },
    }),
  );
  const plans: WaitingPlan[] = [];
  for (const { id: connectorId, name } of connectors)
    try {
      const { id, counts } = await createPlan({ connectorId, teamId, doer: asDoer(actor) });
      const { add, change, remove } = counts;
      plans.push({ ...{ id, connectorId, connector: name }, add, change, remove });
    } catch (error) {
      logger.error({ err: error, connectorId }, "What an act changed was not planned");
    }
  return plans;
};
