import "server-only";

import { bulkAsSystem } from "@/lib/db/scope";

import { assertNotStopped } from "./delivery-stop";
import { gather } from "./gather";
import type { OpenPush } from "./push-lease";

/**
 * Keeps written down what of a batch has left: an item that is `sending` and has not is for certain not there, whatever
 * becomes of the worker.
 */
export type Departures = {
  /** Says what the next request carries. */
  load: (indicatorIds: readonly string[]) => void;
  /** Asked right before a request leaves; throws while sending is switched off and when the push is another worker's by now. */
  assertMayLeave: () => Promise<void>;
  /** Takes back that these left: what carried them was refused as a whole. */
  takeBack: (indicatorIds: readonly string[]) => Promise<void>;
};

/** Asked with what a request carries, right before it leaves. */
export type Gate = (indicatorIds: readonly string[]) => Promise<void>;

/** Makes the gate that all requests of a push pass; those that come at one moment are let out together. */
export const createGate = ({ id, connectorId, destinationId, leaseOwner }: OpenPush): Gate =>
  gather((loads) =>
    bulkAsSystem("delivery", async (client) => {
      await assertNotStopped(client, connectorId);
      // Whoever slept through its lease must not send after another has: a recall may have been there.
      const { rowCount } = await client.query(
        `SELECT FROM push p JOIN destination d ON d.id = $3 AND d.lease_owner = $2 AND d.lease_until > clock_timestamp()
         WHERE p.id = $1 AND p.lease_owner = $2`,
        [id, leaseOwner, destinationId],
      );
      if (!rowCount) throw new Error("Another worker took this push over before the request left.");
      await client.query(
        `UPDATE push_item SET sent_at = clock_timestamp()
         WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[]) AND state = 'sending' AND sent_at IS NULL`,
        [id, loads.flat()],
      );
      return loads.map(() => undefined);
    }),
  );

export const createDepartures = ({ id, leaseOwner }: OpenPush, leave: Gate): Departures => {
  let loaded: readonly string[] = [];
  return {
    load: (indicatorIds) => {
      loaded = indicatorIds;
    },
    assertMayLeave: () => leave(loaded),
    takeBack: (indicatorIds) =>
      bulkAsSystem("delivery", async (client) => {
        await client.query(
          `UPDATE push_item i SET sent_at = NULL FROM push p
           WHERE p.id = $1 AND p.lease_owner = $2 AND i.push_id = p.id AND i.indicator_id = ANY ($3::bigint[])
             AND i.state = 'sending'`,
          [id, leaseOwner, indicatorIds],
        );
      }),
  };
};
