import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Plans and applies by itself, for a connector whose mode is automatic; for any other, makes anew what a push outdated. */
export const connectorPlan = defineJob({
  name: "connector.plan",
  queue: "plan",
  schema: z.object({ connectorId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ connectorId }) => `connector.plan/${connectorId}`,
});
