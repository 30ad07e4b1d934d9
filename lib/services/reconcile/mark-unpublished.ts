import "server-only";

import type { PoolClient } from "pg";

import type { Unpublished } from "./compare-records";

/**
 * Notes which of a connector's records Sentinel has not published again for too long, and forgets what it has published meanwhile.
 * Gives how many there are.
 */
export const markUnpublished = async (
  client: PoolClient,
  connectorId: string,
  unpublished: readonly Unpublished[],
): Promise<number> => {
  await client.query(
    `UPDATE remote_record r SET unpublished_since = s.since
     FROM (
       SELECT x.id, u.since FROM remote_record x JOIN claim c ON c.record_id = x.id AND c.connector_id = $1
       LEFT JOIN jsonb_to_recordset($2::jsonb) AS u ("recordId" uuid, since timestamptz) ON u."recordId" = x.id
       WHERE x.unpublished_since IS NOT NULL OR u.since IS NOT NULL ORDER BY x.id FOR UPDATE OF x
     ) s
     WHERE r.id = s.id AND r.unpublished_since IS DISTINCT FROM s.since`,
    [connectorId, JSON.stringify(unpublished)],
  );
  return unpublished.length;
};
