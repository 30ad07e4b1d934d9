import "server-only";

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { PoolClient } from "pg";

import type { Operation } from "@/lib/connectors/contract";
import { bulkAsSystem } from "@/lib/db/scope";

import {
  giveDestinationBack,
  isUrgentOpen,
  LEASE_SECONDS,
  RENEW_MS,
  type DestinationLease,
} from "./destination-lease";
import { peekWait, type PaceKey } from "./pace";

type Lease = DestinationLease;

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

type Borrowing = { key: PaceKey; operation: Operation; signal: AbortSignal };

/**
 * Runs one batch outside of a push with the destination taken, and gives it back. It waits for its turn among pushes, and behind what is
 * urgent; and nobody has the destination only to wait for a request that may leave.
 */
export const borrowDestination = async <T>(
  { key, operation, signal }: Borrowing,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const lease = { destinationId: key.destinationId, leaseOwner: randomUUID() };
  const take = () => bulkAsSystem("delivery", (client) => takeDestination(client, lease));
  const takeInTurn = (): Promise<number | null> =>
    bulkAsSystem("delivery", async (client) => {
      const waitMs = await peekWait(client, key, { operation });
      if (waitMs > 0) return waitMs;
      if (await isUrgentOpen(client, lease)) return POLL_MS;
      return (await takeDestination(client, lease)) ? null : POLL_MS;
    });
  for (let waitMs = await takeInTurn(); waitMs !== null; waitMs = await takeInTurn())
    await sleep(waitMs, undefined, { signal });
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
