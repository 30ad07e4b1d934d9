import { connectorRefresh } from "@/lib/jobs/connector-refresh.job";
import { refreshRecords } from "@/lib/services/reconcile/refresh-records";

import { handler } from "../runtime";

export const connectorRefreshHandler = handler(connectorRefresh, async ({ connectorId }, { log, signal }) => {
  const outcome = await refreshRecords(connectorId, { signal });
  log.info({ connectorId, ...outcome }, "Records sent again as they stand");
});
