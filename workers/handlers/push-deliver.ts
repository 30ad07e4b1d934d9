import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { pushDeliverUrgent } from "@/lib/jobs/push-deliver-urgent.job";
import { deliverPush } from "@/lib/services/delivery/deliver-push";

import { handler, type Handler } from "../runtime";

const deliver: Handler<typeof pushDeliver.schema> = async ({ pushId }, { log, signal, stopping }) => {
  const outcome = await deliverPush(pushId, { signal, stopping });
  log.info({ pushId, outcome }, "Push");
};

export const pushDeliverHandler = handler(pushDeliver, deliver);
export const pushDeliverUrgentHandler = handler(pushDeliverUrgent, deliver);
