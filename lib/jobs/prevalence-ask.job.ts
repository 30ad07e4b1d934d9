import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Asks Defender how widely is seen what a connector is to block. It takes as long as the rate of that makes it. */
export const prevalenceAsk = defineJob({
  name: "prevalence.ask",
  queue: "deliver",
  schema: z.object({ connectorId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ connectorId }) => `prevalence.ask/${connectorId}`,
});
