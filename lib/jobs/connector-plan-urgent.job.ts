import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Plans and applies what people just saved, and nothing else, for a connector whose mode is automatic. */
export const connectorPlanUrgent = defineJob({
  name: "connector.plan-urgent",
  queue: "urgent",
  schema: z.object({ connectorId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ connectorId }) => `connector.plan-urgent/${connectorId}`,
});
