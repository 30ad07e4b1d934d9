import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Withdraws what a recall meets, and hands its removals over to pushes that go before all others. */
export const recallCarryOut = defineJob({
  name: "recall.carry-out",
  queue: "urgent",
  schema: z.object({ recallId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ recallId }) => `recall.carry-out/${recallId}`,
});
