import "server-only";

import type { PoolClient } from "pg";

import type { RemoteRecord } from "@/lib/connectors/contract";

/**
 * Those that are no trial of ours: one whose answer was lost, or that could not be taken away, stands until it ends by itself, and is
 * nobody's to decide about. The audit log had it before it left.
 */
export const withoutTrials = async (
  client: PoolClient,
  destinationId: string,
  shown: readonly RemoteRecord[],
): Promise<RemoteRecord[]> => {
  const asked = shown.flatMap(({ type, externalId }) => (type === "md5" && externalId ? [externalId] : []));
  if (asked.length === 0) return [...shown];
  const { rows } = await client.query<{ externalId: string }>(
    `SELECT a.detail->>'externalId' AS "externalId" FROM connector c JOIN audit_entry a ON a.subject_id = c.id::text
     WHERE c.destination_id = $1 AND a.action = 'connector.try-md5-begin' AND a.detail->>'externalId' = ANY ($2)
       AND a.at > clock_timestamp() - interval '2 hours'`,
    [destinationId, asked],
  );
  const trials = new Set(rows.map(({ externalId }) => externalId));
  return shown.filter(({ externalId }) => externalId === null || !trials.has(externalId));
};
