import { feedShared } from "@/lib/jobs/feed-shared.job";
import { followShared } from "@/lib/services/subscriptions/follow-shared";

import { handler } from "../runtime";

export const feedSharedHandler = handler(feedShared, async ({ feedId }, { log }) => {
  const followed = await followShared(feedId, new Date());
  log.info({ feedId, ...followed }, "Subscriptions follow a shared feed");
});
