import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { planAndApply } from "@/lib/services/delivery/plan-and-apply";

import { handler } from "../runtime";

export const connectorPlanHandler = handler(connectorPlan, async ({ connectorId }, { log }) => {
  const outcome = await planAndApply(connectorId);
  log.info({ connectorId, ...outcome }, "Automatic plan");
});
