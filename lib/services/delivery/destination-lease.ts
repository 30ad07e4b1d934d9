import "server-only";

import type { PoolClient } from "pg";

/** Whoever holds a destination, or a push, and dies is noticed after this time at the latest. */
export const LEASE_SECONDS = 15;
export const RENEW_MS = 4_000;

export type DestinationLease = { destinationId: string; leaseOwner: string };

/** Keeps the destination for as long again. False where somebody else has it by now. */
export const renewDestination = async (
  client: PoolClient,
  { destinationId, leaseOwner }: DestinationLease,
): Promise<boolean> => {
  const { rowCount } = await client.query(
    `UPDATE destination SET lease_until = clock_timestamp() + make_interval(secs => $3)
     WHERE id = $1 AND lease_owner = $2`,
    [destinationId, leaseOwner, LEASE_SECONDS],
  );
  return rowCount === 1;
};

/** Frees the destination for the next batch. False when it was somebody else's by now. */
export const giveDestinationBack = async (
  client: PoolClient,
  { destinationId, leaseOwner }: DestinationLease,
): Promise<boolean> => {
  const { rowCount } = await client.query(
    "UPDATE destination SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2",
    [destinationId, leaseOwner],
  );
  return rowCount === 1;
};

/** Whether a recall, or what a person saved, has something to send there now. */
export const isUrgentOpen = async (
  client: PoolClient,
  { destinationId }: Pick<DestinationLease, "destinationId">,
): Promise<boolean> => {
  const { rowCount } = await client.query(
    `SELECT FROM push u JOIN connector c ON c.id = u.connector_id
     WHERE u.urgent AND u.state IN ('queued', 'running') AND c.destination_id = $1
       AND (u.wake_at IS NULL OR u.wake_at <= clock_timestamp())
       -- One that cannot end does not keep all others away for ever.
       AND u.queued_at > clock_timestamp() - interval '10 minutes' LIMIT 1`,
    [destinationId],
  );
  return rowCount === 1;
};
