import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/**
 * Delivers what is urgent: a recall's removals, and what a person saved. Ordinary pushes may hold all workers of their queue for as
 * long as a vendor's limits make them.
 */
export const pushDeliverUrgent = defineJob({
  name: "push.deliver-urgent",
  queue: "urgent",
  schema: z.object({ pushId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ pushId }) => `push.deliver-urgent/${pushId}`,
});
