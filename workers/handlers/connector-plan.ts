import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { connectorPlanUrgent } from "@/lib/jobs/connector-plan-urgent.job";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { planUrgent } from "@/lib/services/planning/plan-urgent";

import { handler } from "../runtime";

export const connectorPlanHandler = handler(connectorPlan, async ({ connectorId }, { log }) => {
  const outcome = await planAndApply(connectorId);
  log.info({ connectorId, ...outcome }, "Automatic plan");
});

export const connectorPlanUrgentHandler = handler(connectorPlanUrgent, async ({ connectorId }, { log }) => {
  const outcome = await planUrgent(connectorId);
  log.info({ connectorId, ...outcome }, "Automatic plan of what was saved");
});
