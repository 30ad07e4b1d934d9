import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Carries out the next pieces of a change of many indicators; it announces itself anew while there are more. */
export const bulkChangeCarryOut = defineJob({
  name: "bulk-change.carry-out",
  queue: "plan",
  schema: z.object({ changeId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ changeId }) => `bulk-change.carry-out/${changeId}`,
});
