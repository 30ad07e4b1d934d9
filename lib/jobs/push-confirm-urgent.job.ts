import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Reads back what became of a recall's removals. */
export const pushConfirmUrgent = defineJob({
  name: "push.confirm-urgent",
  queue: "urgent",
  schema: z.object({ connectorId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ connectorId }) => `push.confirm-urgent/${connectorId}`,
});
