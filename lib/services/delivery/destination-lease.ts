import "server-only";

import type { PoolClient } from "pg";

/** Whoever holds a destination, or a push, and dies is noticed after this time at the latest. */
export const LEASE_SECONDS = 15;
export const RENEW_MS = 4_000;

export type DestinationLease = { destinationId: string; leaseOwner: string };

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
