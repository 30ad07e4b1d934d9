import { pushConfirm } from "@/lib/jobs/push-confirm.job";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";

import { handler } from "../runtime";

export const pushConfirmHandler = handler(pushConfirm, async ({ connectorId }, { log, signal }) => {
  const confirmation = await confirmConnector(connectorId, { signal });
  log.info({ connectorId, ...confirmation }, "Destination read back");
});
