import "server-only";

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";

import { LEASE_SECONDS } from "./push-lease";

type Lease = { destinationId: string; leaseOwner: string };

/** Takes the destination for one batch: one is sent to it at a time. False while somebody else has it. */
export const takeDestination = async (
  client: PoolClient,
  { destinationId, leaseOwner }: Lease,
): Promise<boolean> => {
  const { rowCount } = await client.query(
    `UPDATE destination SET lease_owner = $2, lease_until = clock_timestamp() + make_interval(secs => $3)
     WHERE id = $1 AND (lease_until IS NULL OR lease_until < clock_timestamp() OR lease_owner = $2)`,
    [destinationId, leaseOwner, LEASE_SECONDS],
  );
  return rowCount === 1;
};

export const giveDestinationBack = (client: PoolClient, { destinationId, leaseOwner }: Lease) =>
  client.query(
    "UPDATE destination SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2",
    [destinationId, leaseOwner],
  );

/** Runs one batch outside of a push with the destination taken, which waits for its turn among pushes, and gives it back. */
export const borrowDestination = async <T>(
  destinationId: string,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const lease = { destinationId, leaseOwner: randomUUID() };
  const take = () => bulkAsSystem("delivery", (client) => takeDestination(client, lease));
  while (!(await take())) await sleep(POLL_MS, undefined, { signal });
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    if (!(await take())) lost.abort(new Error("The destination was taken over."));
  };
  // A renewal that fails is tried again; if the database stays away, others take over when the lease has run out.
  const timer = setInterval(() => void renew().catch(() => undefined), RENEW_MS);
  try {
    return await run(AbortSignal.any([signal, lost.signal]));
  } finally {
    clearInterval(timer);
    await bulkAsSystem("delivery", (client) => giveDestinationBack(client, lease));
  }
};

/** Less often than pushes ask: these go first. */
const POLL_MS = 200;
const RENEW_MS = 4_000;
