import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Reads back, before all other destinations, what became of urgent removals: of a recall, or of what a person withdrew. */
export const pushConfirmUrgent = defineJob({
  name: "push.confirm-urgent",
  queue: "confirm",
  schema: z.object({ connectorId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS, lifo: true },
  dedupeKey: ({ connectorId }) => `push.confirm-urgent/${connectorId}`,
});
