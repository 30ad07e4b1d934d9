import { pushConfirm } from "@/lib/jobs/push-confirm.job";
import { pushConfirmUrgent } from "@/lib/jobs/push-confirm-urgent.job";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";

import { handler, type Handler } from "../runtime";

const confirm =
  (isUrgent: boolean): Handler<typeof pushConfirm.schema> =>
  async ({ connectorId }, { log, signal }) => {
    const confirmation = await confirmConnector(connectorId, { signal, isUrgent });
    log.info({ connectorId, ...confirmation }, "Destination read back");
  };

export const pushConfirmHandler = handler(pushConfirm, confirm(false));
export const pushConfirmUrgentHandler = handler(pushConfirmUrgent, confirm(true));
