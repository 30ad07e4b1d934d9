import { connectorReconcile } from "@/lib/jobs/connector-reconcile.job";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";

import { handler } from "../runtime";

export const connectorReconcileHandler = handler(
  connectorReconcile,
  async ({ connectorId }, { log, signal }) => {
    const outcome = await reconcileConnector(connectorId, { signal });
    log.info({ connectorId, ...outcome }, "Destination compared");
  },
);
