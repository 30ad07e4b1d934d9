import "server-only";

import type { PoolClient } from "pg";

import { OVERDUE_MS } from "@/lib/domain/delivery/room";
import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";

import { commitWaiting } from "./commit-batch";
import type { OpenPush } from "./push-lease";
import { settleRefused, type Refusable, type Settlement } from "./settle-items";

/**
 * Settles what a push that stops was refused for lack of room and would have tried again (`leaveForRoom`) as what is refused at last: what
 * was taken away to be made anew stands for nobody any more, and others that want it have it made by their next plans.
 */
export const loseRefused = (push: OpenPush): Promise<void> =>
  // Only what can be read back says that it is full.
  commitWaiting({ push, isReadable: true }, (client) => readRefused(client, push, null));

/** The same of a push that waits for so long, of what would be overdue by then: whoever shares it is told that it does not stand. */
export const loseOverdue = async (push: OpenPush, { waitMs }: { waitMs: number }): Promise<void> => {
  // Only there a record is deleted to be made anew.
  if (push.kind !== "defender") return;
  await commitWaiting({ push, isReadable: true }, (client) => readRefused(client, push, OVERDUE_MS - waitMs));
};

type Row = Omit<Refusable["item"], "type" | "share"> &
  Pick<Refusable, "otherClaims"> & {
    type: number;
    recordId: string;
    epoch: number;
    isGone: boolean;
    endedId: string | null;
  };

/** `forMs`: only what was sent first so long ago. */
const readRefused = async (
  client: PoolClient,
  push: OpenPush,
  forMs: number | null,
): Promise<Settlement[]> => {
  const { rows } = await client.query<Row>(
    // What stands has an id, and what was taken away has none for now: see `noteEnded`.
    `SELECT i.indicator_id AS "indicatorId", v.type, v.value, i.operation, i.moves, r.id AS "recordId", r.epoch,
       r.state IN ('live', 'orphaned') AND r.remote_id IS NULL AS "isGone", r.ended_ids[1] AS "endedId", ARRAY(
         SELECT c.connector_id FROM claim c WHERE c.record_id = r.id AND c.connector_id <> $3) AS "otherClaims"
     FROM push p JOIN push_item i ON i.push_id = p.id AND i.state = 'sending' AND i.reason IS NULL
     JOIN indicator v ON v.id = i.indicator_id JOIN remote_record r ON r.id = i.refused_record_id
     WHERE p.id = $1 AND p.lease_owner = $2
       AND ($4::float8 IS NULL OR i.sent_at < now() - $4 * interval '1 ms') ORDER BY i.indicator_id`,
    [push.id, push.leaseOwner, push.connectorId, forMs],
  );
  return rows.map(({ type, recordId, epoch, isGone, endedId, otherClaims, ...item }) => {
    const refused = {
      item: { ...item, type: indicatorTypeFromCode(type), share: null },
      record: { id: recordId, epoch },
      otherClaims,
    };
    const ended = { isGone, endedId: isGone ? endedId : null };
    return settleRefused(refused, { ...REFUSED, ...ended }, push);
  });
};

const REFUSED = {
  status: "rejected",
  code: "capacity",
  reason: "There was no room for it, and its push did not come to try it again. The next plan tries again.",
  // A place may come free any moment: nothing is known of the tenant's fill.
  capacity: null,
} as const;
