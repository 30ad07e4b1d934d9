import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** A feed that other teams may subscribe to has changed, or is shared no more: its subscriptions follow. */
export const feedShared = defineJob({
  name: "feed.shared",
  queue: "ingest",
  schema: z.object({ feedId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ feedId }) => `feed.shared/${feedId}`,
});
