import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Sends again, as it stands, what a Sentinel connector's destination has not published for too long. */
export const connectorRefresh = defineJob({
  name: "connector.refresh",
  queue: "deliver",
  schema: z.object({ connectorId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ connectorId }) => `connector.refresh/${connectorId}`,
});
