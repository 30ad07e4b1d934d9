import "server-only";

import { bulkAsSystem } from "@/lib/db/scope";
import { followRequests, type RefusedRequests } from "@/lib/domain/delivery/refused-requests";

import { assertNotStopped } from "./delivery-stop";
import { gather } from "./gather";
import type { OpenPush } from "./push-lease";

/**
 * Keeps written down what of a batch has left: an item that is `sending` and has not is for certain not there, whatever
 * becomes of the worker.
 */
export type Departures = {
  /** Another part is to be sent. */
  begin: RefusedRequests["begin"];
  /** Says what of it the next request carries. */
  load: (indicatorIds: readonly string[]) => void;
  /** Asked right before a request leaves; throws while sending is switched off and when the push is another worker's by now. */
  assertMayLeave: () => Promise<void>;
  /** Told that what left last was refused as a whole with that status, or reached nobody (null). */
  noteRefused: RefusedRequests["refuse"];
  /** What of the last request is for certain not there, if that was refused. */
  findRefused: RefusedRequests["find"];
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
        `UPDATE push_item i SET sent_at = clock_timestamp() FROM (
           SELECT indicator_id FROM push_item
           WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[]) AND state = 'sending' AND sent_at IS NULL
           ORDER BY indicator_id FOR UPDATE
         ) mine WHERE i.push_id = $1 AND i.indicator_id = mine.indicator_id`,
        [id, loads.flat()],
      );
      return loads.map(() => undefined);
    }),
  );

export const createDepartures = ({ id, leaseOwner }: OpenPush, leave: Gate): Departures => {
  let loaded: readonly string[] = [];
  const requests = followRequests();
  return {
    begin: requests.begin,
    load: (indicatorIds) => {
      loaded = indicatorIds;
    },
    noteRefused: requests.refuse,
    findRefused: requests.find,
    assertMayLeave: async () => {
      await leave(loaded);
      requests.leave(loaded);
    },
    takeBack: (indicatorIds) =>
      bulkAsSystem("delivery", async (client) => {
        await client.query(
          `UPDATE push_item i SET sent_at = NULL FROM (
             SELECT mine.indicator_id FROM push p JOIN push_item mine ON mine.push_id = p.id
             WHERE p.id = $1 AND p.lease_owner = $2 AND mine.indicator_id = ANY ($3::bigint[]) AND mine.state = 'sending'
             ORDER BY mine.indicator_id FOR UPDATE OF mine
           ) mine WHERE i.push_id = $1 AND i.indicator_id = mine.indicator_id`,
          [id, leaseOwner, indicatorIds],
        );
      }),
  };
};
