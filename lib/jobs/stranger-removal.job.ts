import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Removes what a connector's application made at its destination, nobody here knows of, and a person had removed. */
export const strangerRemoval = defineJob({
  name: "stranger.removal",
  queue: "deliver",
  schema: z.object({ connectorId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ connectorId }) => `stranger.removal/${connectorId}`,
});
