import "server-only";

import type { PoolClient } from "pg";

import { feedShared } from "@/lib/jobs/feed-shared.job";

/** Notes, in the transaction that changed a feed, that its subscriptions have something to follow; nothing for one that is not shared. */
export const announceSharedSql = async (client: PoolClient, feedId: string): Promise<void> => {
  await client.query(
    "INSERT INTO outbox (job, data) SELECT $1, $2 FROM feed WHERE id = $3 AND visibility = 'everyone'",
    [feedShared.name, JSON.stringify(feedShared.schema.parse({ feedId })), feedId],
  );
};
