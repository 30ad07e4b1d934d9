import "server-only";

import type { PoolClient } from "pg";

import { stepAsSystem } from "@/lib/db/scope";

/**
 * Keeps with a subscription whether its feed's owner stores it only; says whether that has changed, and then every plan of the
 * subscriber's is behind. In the subscriber's transaction.
 */
export const noteStoreOnly = (
  client: PoolClient,
  { id, teamId }: { id: string; teamId: string },
): Promise<boolean> =>
  stepAsSystem(client, "sharing", async () => {
    const { rowCount } = await client.query(
      `UPDATE feed s SET source_store_only = f.store_only FROM feed f
       WHERE s.id = $1 AND s.team_id = $2 AND f.id = s.source_feed_id AND s.source_store_only <> f.store_only`,
      [id, teamId],
    );
    return rowCount === 1;
  });
