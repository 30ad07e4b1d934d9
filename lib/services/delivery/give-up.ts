import "server-only";

import type { PoolClient } from "pg";

import { withoutRetry } from "@/lib/connectors/vendor-failure";
import { bulkAsSystem } from "@/lib/db/scope";

import type { OpenPush } from "./push-lease";

/**
 * Notes that a push does not try a record any more: the service does not answer when that is sent, in whatever company, and answers others.
 * It stays `sending`, since it may stand there all the same; the reason tells it from what is still tried. What is counted begins anew.
 */
export const giveUp = (push: OpenPush, indicatorId: string, message: string): Promise<void> =>
  bulkAsSystem("delivery", async (client) => {
    await client.query(
      `UPDATE push_item SET reason = $3 WHERE push_id = $1 AND indicator_id = $2 AND state = 'sending'`,
      [push.id, indicatorId, describeNeverAnswered(withoutRetry(message))],
    );
    await leaveToThis(client, push, indicatorId);
    await client.query(
      "UPDATE push SET failures = 0, waiting_since = NULL WHERE id = $1 AND lease_owner = $2",
      [push.id, push.leaseOwner],
    );
  });

/** What earlier pushes of the connector were never answered about it is this one's from now on. */
const leaveToThis = async (
  client: PoolClient,
  { id, connectorId }: OpenPush,
  indicatorId: string,
): Promise<void> => {
  await client.query(
    `WITH older AS (
       UPDATE push_item i SET state = 'skipped', reason = $4, finished_at = clock_timestamp() FROM push p
       WHERE p.connector_id = $2 AND p.state = 'stopped' AND p.id <> $1 AND i.push_id = p.id AND i.indicator_id = $3
         AND i.state = 'sending'
       RETURNING i.push_id
     )
     UPDATE push SET skipped = skipped + 1 FROM older WHERE push.id = older.push_id`,
    [id, connectorId, indicatorId, TRIED_LATER],
  );
};

const describeNeverAnswered = (said: string): string =>
  `The destination answers other records and not this one, however often it is sent, also alone. ${said} It may stand there or not: resume the push or make a new plan to try it once more.`;
const TRIED_LATER = "Its answer never came; a later push tried it again.";
