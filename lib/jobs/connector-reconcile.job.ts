import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Compares what stands at a connector's destination with what should. */
export const connectorReconcile = defineJob({
  name: "connector.reconcile",
  queue: "confirm",
  schema: z.object({ connectorId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ connectorId }) => `connector.reconcile/${connectorId}`,
});
