import "server-only";

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { PoolClient } from "pg";

import type { Operation } from "@/lib/connectors/contract";
import { bulkAsSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";

import { createApplications, type Applications } from "./applications";
import { assertNotStopped } from "./delivery-stop";
import {
  giveDestinationBack,
  isUrgentOpen,
  LEASE_SECONDS,
  RENEW_MS,
  renewDestination,
  type DestinationLease,
} from "./destination-lease";
import { peekWait, type PaceKey } from "./pace";
import type { Trouble } from "./send-batch";

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

type Turn = { key: PaceKey; operation: Operation; signal: AbortSignal };

/** What sends outside of pushes: its way to destinations, and how it comes by the turn for one batch. */
export type Borrower = {
  /** Nothing that changes anything leaves by these unless the destination is taken and sending is switched on. */
  applications: Applications;
  /**
   * Runs one batch with the destination taken, and gives it back. It waits for its turn among pushes, and behind what is urgent; and
   * nobody has the destination only to wait for a request that may leave.
   */
  borrow: <T>(turn: Turn, run: (signal: AbortSignal) => Promise<T>) => Promise<T>;
};

export const createBorrower = (
  { connectorId, destinationId }: { connectorId: string; destinationId: string },
  open?: OpenDestination,
): Borrower => {
  const lease = { destinationId, leaseOwner: randomUUID() };
  const assertMayLeave = (): Promise<void> =>
    bulkAsSystem("delivery", async (client) => {
      await assertNotStopped(client, connectorId);
      await assertTaken(client, lease);
    });
  return {
    applications: createApplications(() => undefined, open, {
      assertMayLeave,
      longestWaitMs: LONGEST_HOLD_MS,
    }),
    borrow: async ({ key, operation, signal }, run) => {
      const takeInTurn = (): Promise<number | null> =>
        bulkAsSystem("delivery", async (client) => {
          const waitMs = await peekWait(client, key, { operation });
          if (waitMs > 0) return waitMs;
          if (await isUrgentOpen(client, lease)) return POLL_MS;
          return (await takeDestination(client, lease)) ? null : POLL_MS;
        });
      for (let waitMs = await takeInTurn(); waitMs !== null; waitMs = await takeInTurn())
        await sleep(waitMs, undefined, { signal });
      return holdWhile(lease, signal, run);
    },
  };
};

const holdWhile = async <T>(
  lease: Lease,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    if (!(await bulkAsSystem("delivery", (client) => renewDestination(client, lease))))
      lost.abort(new Error("The destination was taken over."));
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

/** Whoever slept through its lease must not send after another has: a recall may have been there. */
const assertTaken = async (client: PoolClient, { destinationId, leaseOwner }: Lease): Promise<void> => {
  const { rowCount } = await client.query(
    "SELECT FROM destination WHERE id = $1 AND lease_owner = $2 AND lease_until > clock_timestamp()",
    [destinationId, leaseOwner],
  );
  if (!rowCount)
    throw new AppError("conflict", "Another worker took the destination over before the request left.", {
      retry: "later",
      context: { isTakenOver: true },
    });
};

/** Whether a request did not leave because somebody else has the destination by now. */
export const isTakenOver = ({ context }: AppError): boolean => context["isTakenOver"] === true;

/**
 * Ends a batch of which some were not judged: once the destination was given back it is waited for as long as the service asked, and
 * where it did not say how long, whoever called tries again.
 */
export const assertMayGoOn = (trouble: Trouble | null): void => {
  if (trouble !== null && trouble.waitMs === null)
    throw new AppError("upstream_unavailable", trouble.message, { retry: "later" });
};

/** Less often than pushes ask: these go first. */
const POLL_MS = 200;
/** What would wait for longer gives the destination back first: a recall may have to go there. */
const LONGEST_HOLD_MS = 5_000;
