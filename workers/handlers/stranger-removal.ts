import { strangerRemoval } from "@/lib/jobs/stranger-removal.job";
import { removeStrangers } from "@/lib/services/reconcile/remove-strangers";

import { handler } from "../runtime";

export const strangerRemovalHandler = handler(strangerRemoval, async ({ connectorId }, { log, signal }) => {
  const outcome = await removeStrangers(connectorId, { signal });
  log.info({ connectorId, ...outcome }, "Records that nobody knows of removed");
});
