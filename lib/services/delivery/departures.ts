import "server-only";

import type { PoolClient } from "pg";

import { isAboveCeiling } from "@/lib/db/queries/above-ceiling";
import { withItsNetworks } from "@/lib/db/queries/network-addresses";
import { isVouchedFor } from "@/lib/db/queries/vouched-for";
import { heldBecause } from "@/lib/db/queries/withheld";
import { bulkAsSystem } from "@/lib/db/scope";
import { followRequests, type RefusedRequests } from "@/lib/domain/delivery/refused-requests";
import { AppError } from "@/lib/domain/errors";

import { AS_OF, NEVER_ASKED, type AsOf } from "./as-of";
import { assertNotStopped } from "./delivery-stop";
import { isUrgentOpen } from "./destination-lease";
import { gather } from "./gather";
import { noteEnded, type EndedRecord } from "./note-ended";
import type { OpenPush } from "./push-lease";
import { POLICY_CHANGED } from "./stopped-push";

/**
 * Keeps written down what has left: an item is `sending` from right before the request that carries it, so that of all others
 * it is certain that nothing is there, whatever becomes of the worker.
 */
export type Departures = {
  /** Another part is to be sent. */
  begin: RefusedRequests["begin"];
  /** Says what of it the next request carries. */
  load: (load: Load) => void;
  /** Asked right before a request leaves; throws while sending is switched off and when the push is another worker's by now. */
  assertMayLeave: () => Promise<void>;
  /** Told that what left last was refused as a whole with that status, or reached nobody (null). */
  noteRefused: RefusedRequests["refuse"];
  /** What of the last request is for certain not there, if that was refused. */
  findRefused: RefusedRequests["find"];
  /** What the last request carried, unless that was refused. */
  findLast: RefusedRequests["findLast"];
  /** Takes back that these left: what carried them was refused as a whole. */
  takeBack: (indicatorIds: readonly string[]) => Promise<void>;
  /** Keeps that what these records stood as was taken away, though nobody knows yet what they were made into. */
  noteEnded: (ended: readonly EndedRecord[]) => Promise<void>;
};

/** What a request carries, and what decided about it when it was prepared. */
type Load = { indicatorIds: readonly string[]; asOf: AsOf };

/** Asked with what a request carries, right before it leaves. */
export type Gate = (load: Load) => Promise<void>;

/** Makes the gate that all requests of a push pass; those that come at one moment are let out together. */
export const createGate = (push: OpenPush): Gate => {
  const { id, connectorId, destinationId, leaseOwner, isUrgent } = push;
  return gather((loads) =>
    bulkAsSystem("delivery", async (client) => {
      await assertNotStopped(client, connectorId);
      // Whoever slept through its lease must not send after another has: a recall may have been there.
      const { rows } = await client.query<{ outdated: boolean }>(
        `SELECT p.outdated FROM push p JOIN destination d ON d.id = $3 AND d.lease_owner = $2 AND d.lease_until > clock_timestamp()
         WHERE p.id = $1 AND p.lease_owner = $2`,
        [id, leaseOwner, destinationId],
      );
      const [held] = rows;
      if (!held) throw new Error("Another worker took this push over before the request left.");
      const ids = [...new Set(loads.flatMap(({ indicatorIds }) => indicatorIds))];
      const asOf = loads.map((load) => load.asOf);
      if (await isDecidedAnew(client, push, { ids, asOf })) throw decidedAnew();
      const { rowCount: marked } = await client.query(
        `UPDATE push_item i SET state = 'sending', sent_at = clock_timestamp() FROM (
           SELECT indicator_id FROM push_item
           WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[]) AND state = 'pending' AND NOT overtaken
           ORDER BY indicator_id FOR UPDATE
         ) mine WHERE i.push_id = $1 AND i.indicator_id = mine.indicator_id`,
        [id, ids],
      );
      const other = marked === ids.length ? NONE : await findOther(client, id, ids);
      if (other.isAnyLeft) throw decidedAnew();
      if (other.wasRefused) await forgetRefused(client, id, ids);
      // What was begun is ended; all else stays once another policy holds, and lets a recall pass, in the middle of a batch as well.
      if (marked && held.outdated) throw outdated();
      if (marked && !isUrgent && (await isUrgentOpen(client, push))) throw urgentFirst();
      return loads.map(() => undefined);
    }),
  );
};

type Asked = { ids: readonly string[]; asOf: readonly AsOf[] };

/**
 * Whether something came in between that the batch was not prepared by: a list, a recall, a person's withdrawal, another policy, or,
 * of what it is to put there, a hold, the end of the last source or a marking above the ceiling. Only where the team changed at all is each value asked, so that
 * a team that saves without end does not keep its own push from leaving.
 */
const isDecidedAnew = async (
  client: PoolClient,
  { id, planId, teamId, connectorId }: OpenPush,
  { ids, asOf }: Asked,
): Promise<boolean> => {
  const isAsBefore = (fact: keyof AsOf, parameter: string): string =>
    `${AS_OF[fact]} = ALL (${parameter}::text[])`;
  const { rows } = await client.query<{ isDecidedAnew: boolean }>(
    `SELECT NOT (${isAsBefore("lists", "$5")}) OR NOT (${isAsBefore("policy", "$6")}) OR EXISTS (
       SELECT FROM push_item i JOIN tombstone x ON x.team_id = $2 AND x.indicator_id = i.indicator_id AND x.lifted_at IS NULL
       WHERE ${IS_PUT}
     ) OR (NOT (${isAsBefore("values", "$7")}) AND EXISTS (
       SELECT FROM push_item i JOIN plan_item p ON p.plan_id = $9 AND p.indicator_id = i.indicator_id
       WHERE ${IS_PUT} AND (NOT ${isVouchedFor("i")} OR ${isAboveCeiling("i", { selection: "c.selection", content: "p.content" })})
     )) OR (NOT (${isAsBefore("holds", "$8")}) AND EXISTS (
       SELECT FROM push_item i JOIN attribution a ON a.team_id = $2 AND a.until_generation IS NULL
         AND a.indicator_id = ANY (${withItsNetworks("i")})
       WHERE ${IS_PUT} AND ${heldBecause("a")} IS NOT NULL
     )) AS "isDecidedAnew"
     FROM team t JOIN connector c ON c.id = $4 WHERE t.id = $2 AND EXISTS (
       SELECT FROM push_item i WHERE i.push_id = $1 AND i.indicator_id = ANY ($3::bigint[]) AND i.state = 'pending')`,
    [
      ...[id, teamId, ids, connectorId],
      ...(["lists", "policy", "values", "holds"] as const).map((fact) => asOf.map((one) => one[fact])),
      planId,
    ],
  );
  return rows[0]?.isDecidedAnew === true;
};

/** An item of the request that was not sent before and is to stand there. */
const IS_PUT =
  "i.push_id = $1 AND i.indicator_id = ANY ($3::bigint[]) AND i.state = 'pending' AND i.operation <> 'remove'";

type Other = {
  /** What left before, and goes once more, is `sending`; what a later change overtook since it was prepared is not. */
  isAnyLeft: boolean | null;
  /** Some of it was refused for lack of room as it left before. */
  wasRefused: boolean | null;
};

const NONE: Other = { isAnyLeft: false, wasRefused: false };

const findOther = async (client: PoolClient, pushId: string, ids: readonly string[]): Promise<Other> => {
  const { rows } = await client.query<Other>(
    `SELECT bool_or(state = 'pending') AS "isAnyLeft", bool_or(refused_record_id IS NOT NULL) AS "wasRefused"
     FROM push_item WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[])`,
    [pushId, ids],
  );
  return rows[0] ?? NONE;
};

/** What leaves once more may stand there from now on. */
const forgetRefused = async (client: PoolClient, pushId: string, ids: readonly string[]): Promise<void> => {
  await client.query(
    `UPDATE push_item i SET refused_record_id = NULL FROM (
       SELECT indicator_id FROM push_item WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[]) AND state = 'sending'
         AND refused_record_id IS NOT NULL
       ORDER BY indicator_id FOR UPDATE
     ) refused WHERE i.push_id = $1 AND i.indicator_id = refused.indicator_id`,
    [pushId, ids],
  );
};

/** The batch is prepared once more, at once. */
const decidedAnew = (): AppError =>
  new AppError("conflict", "Something of the batch was decided anew right before it was to leave.", {
    retry: "later",
    context: AT_ONCE,
  });

const outdated = (): AppError => new AppError("conflict", POLICY_CHANGED.message);

const urgentFirst = (): AppError =>
  new AppError("upstream_unavailable", "Something urgent goes there first.", {
    retry: "later",
    context: AT_ONCE,
  });

/** It is no failure of the destination's. */
const AT_ONCE = { retryAfterMs: 0, isOwnLimit: true };

export const createDepartures = (push: OpenPush, leave: Gate): Departures => {
  const { id, leaseOwner } = push;
  let loaded: Load = { indicatorIds: [], asOf: NEVER_ASKED };
  const requests = followRequests();
  return {
    begin: requests.begin,
    load: (load) => {
      loaded = load;
    },
    noteRefused: requests.refuse,
    findRefused: requests.find,
    findLast: requests.findLast,
    assertMayLeave: async () => {
      await leave(loaded);
      requests.leave(loaded.indicatorIds);
    },
    takeBack: (indicatorIds) =>
      bulkAsSystem("delivery", async (client) => {
        await client.query(
          `UPDATE push_item i SET state = 'pending', sent_at = NULL FROM (
             SELECT mine.indicator_id FROM push p JOIN push_item mine ON mine.push_id = p.id
             WHERE p.id = $1 AND p.lease_owner = $2 AND mine.indicator_id = ANY ($3::bigint[]) AND mine.state = 'sending'
             ORDER BY mine.indicator_id FOR UPDATE OF mine
           ) mine WHERE i.push_id = $1 AND i.indicator_id = mine.indicator_id`,
          [id, leaseOwner, indicatorIds],
        );
      }),
    noteEnded: (ended) => noteEnded(push, ended),
  };
};
