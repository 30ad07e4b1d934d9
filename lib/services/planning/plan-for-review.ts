import "server-only";

import { asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { logger } from "@/lib/observability/logger";

import { createPlan } from "./create-plan";
import { planRemovals } from "./plan-removals";

/** A plan that was made for a person to look at, with what it would do. */
export type WaitingPlan = {
  id: string;
  connectorId: string;
  connector: string;
  add: number;
  change: number;
  remove: number;
};

type Options = {
  /** What is to be taken back at paused connectors is planned otherwise. */
  isPausedLeftOut?: boolean;
};

/**
 * Plans at each connector of the team where a person applies, after an act that changed what these want; at one that is paused,
 * whatever its mode, only what is to be taken back. Automatic ones plan by themselves. What cannot be planned now is left out: the act
 * is done, and the overview asks for that plan.
 */
export const planForReview = async (
  actor: Actor,
  teamId: string,
  { isPausedLeftOut = false }: Options = {},
): Promise<WaitingPlan[]> => {
  const connectors = await asTeam(teamId, (tx) =>
    tx.connector.findMany({
      where: {
        ...{ teamId, deletedAt: null },
        OR: [{ mode: "review", enabled: true }, ...(isPausedLeftOut ? [] : [{ enabled: false }])],
      },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      select: { id: true, name: true, enabled: true },
    }),
  );
  const plans: WaitingPlan[] = [];
  for (const { id: connectorId, name, enabled } of connectors)
    try {
      const planning = { connectorId, teamId, doer: asDoer(actor) };
      const made = enabled ? await createPlan(planning) : await planRemovals({ ...planning, isAsked: false });
      if (made === null) continue;
      const { add, change, remove } = made.counts;
      plans.push({ ...{ id: made.id, connectorId, connector: name }, add, change, remove });
    } catch (error) {
      logger.error({ err: error, connectorId }, "What an act changed was not planned");
    }
  return plans;
};
