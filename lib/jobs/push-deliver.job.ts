import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Delivers what is still open of one push. */
export const pushDeliver = defineJob({
  name: "push.deliver",
  queue: "deliver",
  schema: z.object({ pushId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ pushId }) => `push.deliver/${pushId}`,
});
