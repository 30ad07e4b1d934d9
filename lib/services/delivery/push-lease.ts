import "server-only";

import { bulkAsSystem } from "@/lib/db/scope";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";

import { giveDestinationBack, LEASE_SECONDS, RENEW_MS } from "./destination-lease";

export type OpenPush = {
  id: string;
  planId: string;
  connectorId: string;
  teamId: string;
  destinationId: string;
  kind: ConnectorKind;
  tenantId: string;
  clientId: string;
  /** Goes before every other push to the destination. */
  isUrgent: boolean;
  /** How many items it has in all. */
  planned: number;
  /** Requests in a row that nothing answered, by whichever worker. */
  failures: number;
  /** Whether it, or others, waited for the destination when this began. */
  hasWaiting: boolean;
  /** It waited for its destination, or was found outdated: its connector's policy is to be asked again. */
  mayBeOutdated: boolean;
  /** Tells this delivery from every other, also of the same worker. */
  leaseOwner: string;
};

/** Takes a queued push, or one whose worker died, for this delivery. Null when it is done, stopped, waits, or is another's. */
export const claimPush = async (pushId: string, leaseOwner: string): Promise<OpenPush | null> =>
  bulkAsSystem("delivery", async (client) => {
    const { rows } = await client.query<Omit<OpenPush, "leaseOwner">>(
      `UPDATE push SET state = 'running', started_at = coalesce(started_at, now()), lease_owner = $2,
         message = CASE WHEN waiting_since IS NOT NULL THEN push.message END,
         lease_until = clock_timestamp() + make_interval(secs => $3), wake_at = NULL, announced_at = NULL
       FROM connector c JOIN destination d ON d.id = c.destination_id
       WHERE push.id = $1 AND c.id = push.connector_id AND push.state IN ('queued', 'running')
         AND (push.lease_until IS NULL OR push.lease_until < clock_timestamp())
         AND (push.wake_at IS NULL OR push.wake_at <= clock_timestamp())
       RETURNING push.id, push.plan_id AS "planId", push.connector_id AS "connectorId", push.team_id AS "teamId",
         d.id AS "destinationId", d.kind, d.tenant_id AS "tenantId", c.client_id AS "clientId", push.urgent AS "isUrgent",
         push.planned, push.failures, push.outdated OR push.waiting_since IS NOT NULL AS "mayBeOutdated", push.waiting_since IS NOT NULL OR EXISTS (
           SELECT FROM connector o JOIN push w ON w.connector_id = o.id AND w.id <> push.id
           WHERE o.destination_id = d.id AND w.state = 'running' AND w.waiting_since IS NOT NULL AND w.failures > 0 AND w.lease_owner IS NULL
         ) AS "hasWaiting"`,
      [pushId, leaseOwner, LEASE_SECONDS],
    );
    const [push] = rows;
    return push ? { ...push, leaseOwner } : null;
  });

/** Renews the leases on push and destination until `stop`; aborts `signal` when the push was lost or the worker stops. */
export const holdPush = ({ id, destinationId, leaseOwner }: OpenPush, workerSignal: AbortSignal) => {
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    await bulkAsSystem("delivery", async (client) => {
      await client.query(
        `UPDATE destination SET lease_until = clock_timestamp() + make_interval(secs => $3)
         WHERE id = $1 AND lease_owner = $2`,
        [destinationId, leaseOwner, LEASE_SECONDS],
      );
      const { rowCount } = await client.query(
        `UPDATE push SET lease_until = clock_timestamp() + make_interval(secs => $3)
         WHERE id = $1 AND lease_owner = $2 AND state = 'running'`,
        [id, leaseOwner, LEASE_SECONDS],
      );
      if (!rowCount) lost.abort(new Error("Another worker took this push over."));
    });
  };
  // A renewal that fails is tried again; if the database stays away, the commit fails and another worker takes over.
  const timer = setInterval(() => void renew().catch(() => undefined), RENEW_MS);
  return {
    signal: AbortSignal.any([lost.signal, workerSignal]),
    stop: (): void => {
      clearInterval(timer);
    },
  };
};

/** Gives push and destination back until so much time has passed: the sweep announces the push again. `isPutOff` as for an interruption. */
export const pausePush = async (
  push: OpenPush,
  { waitMs, message, isPutOff = false }: { waitMs: number; message: string; isPutOff?: boolean },
): Promise<void> => {
  await bulkAsSystem("delivery", async (client) => {
    await giveDestinationBack(client, push);
    await client.query(
      `UPDATE push SET lease_owner = NULL, lease_until = NULL, announced_at = NULL, message = $4,
         wake_at = clock_timestamp() + $3 * interval '1 ms', waiting_since = coalesce(waiting_since, CASE WHEN $5 THEN now() END)
       WHERE id = $1 AND lease_owner = $2 AND state = 'running'`,
      [push.id, push.leaseOwner, waitMs, message, isPutOff],
    );
  });
};

/** Gives push and destination back at once: another worker goes on. */
export const releasePush = async (push: OpenPush): Promise<void> => {
  await bulkAsSystem("delivery", async (client) => {
    await giveDestinationBack(client, push);
    await client.query(
      "UPDATE push SET lease_owner = NULL, lease_until = NULL, announced_at = NULL WHERE id = $1 AND lease_owner = $2",
      [push.id, push.leaseOwner],
    );
  });
};

/** So long a push is tried again that fails for a reason nobody foresaw. */
const FAILING_MINUTES = 30;

/**
 * Gives the destination back after a failure that nobody foresaw, and says on screen that there was one. The push keeps its lease: the
 * next try comes when that runs out, not at once and for ever. Gives whether it was tried for long enough.
 */
export const noteFailing = (push: OpenPush): Promise<{ isHopeless: boolean }> =>
  bulkAsSystem("delivery", async (client) => {
    await giveDestinationBack(client, push);
    const { rows } = await client.query<{ isHopeless: boolean }>(
      `UPDATE push SET failing_since = coalesce(failing_since, clock_timestamp()), message = $3
       WHERE id = $1 AND lease_owner = $2 AND state = 'running'
       RETURNING failing_since < clock_timestamp() - make_interval(mins => $4) AS "isHopeless"`,
      [push.id, push.leaseOwner, FAILING, FAILING_MINUTES],
    );
    return { isHopeless: rows[0]?.isHopeless ?? false };
  });

const FAILING =
  "Something went wrong that nobody foresaw. It is tried again by itself; an administrator finds the cause in the worker's log.";
export const HOPELESS = `For ${String(FAILING_MINUTES)} minutes every try failed for a reason that nobody foresaw. Nothing is lost: have an administrator look into the worker's log, then resume the push.`;
