import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Carries out one queued run of a feed. */
export const feedIngest = defineJob({
  name: "feed.ingest",
  queue: "ingest",
  schema: z.object({ runId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ runId }) => `feed.ingest/${runId}`,
});
