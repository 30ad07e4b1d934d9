import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { deliverPush } from "@/lib/services/delivery/deliver-push";

import { handler } from "../runtime";

export const pushDeliverHandler = handler(pushDeliver, async ({ pushId }, { log, signal }) => {
  const outcome = await deliverPush(pushId, { signal });
  log.info({ pushId, outcome }, "Push");
});
