import { z } from "zod";

import { timeSchema } from "@/lib/api/schemas";
import type { Actor } from "@/lib/domain/access/actor";
import { ACTIONS } from "@/lib/domain/connector/actions";
import { storedGateSchema } from "@/lib/domain/connector/gate-input";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { countPlanActions } from "@/lib/services/planning/count-plan-actions";
import { countPlanScopes } from "@/lib/services/planning/count-plan-scopes";
import { findLoosenedGate } from "@/lib/services/planning/find-loosened-gate";
import type { PlanView } from "@/lib/services/planning/plan-view";

/** What a plan would do at Defender beside its counts, and who made that possible. */
export const outlookFields = {
  actions: z.array(z.object({ action: z.enum(ACTIONS), count: z.number() })).meta({
    description: "How many of what it adds and changes are to stand with which action; none at Sentinel.",
  }),
  scopes: z.array(z.object({ deviceGroups: z.array(z.string()), count: z.number() })).meta({
    description:
      "How many of these hold on which device groups, no group meaning all devices; none at Sentinel.",
  }),
  gateLoosened: z.object({ by: z.string(), at: timeSchema, former: storedGateSchema }).nullable().meta({
    description:
      "Who loosened the connector's gate in the last 30 days, and how it was before; null: nobody, or it is not to be applied any more.",
  }),
};

export const readOutlook = async (actor: Actor, plan: PlanView) => {
  const [actions, scopes, gateLoosened] = await Promise.all([
    countPlanActions(plan),
    countPlanScopes(plan),
    plan.state === "draft" ? findLoosened(actor, plan) : null,
  ]);
  return { actions: [...actions], scopes: [...scopes], gateLoosened };
};

const findLoosened = async (actor: Actor, { connectorId }: PlanView) =>
  findLoosenedGate(await getConnector(actor, connectorId), new Date());
