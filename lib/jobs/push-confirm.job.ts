import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Reads a connector's destination back: what was accepted becomes visible, what was withdrawn gone; capacity is noted. */
export const pushConfirm = defineJob({
  name: "push.confirm",
  queue: "confirm",
  schema: z.object({ connectorId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ connectorId }) => `push.confirm/${connectorId}`,
});
