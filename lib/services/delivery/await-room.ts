import "server-only";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";
import { mayFindRoom, waitForRoomMs } from "@/lib/domain/delivery/room";

import type { SentBeside } from "./lanes";
import { noteEnded } from "./note-ended";
import type { ReadyItem } from "./prepare-item";
import type { OpenPush } from "./push-lease";
import type { Sent, Trouble } from "./send-batch";

/**
 * Leaves open what was refused for lack of room, where something of ours was just deleted there: its place may not be free yet. A push
 * deletes before it creates, so else what stood before would be gone, and what was to take its place refused. That it was refused is
 * kept, since what never leaves again, as the push is stopped, is for certain not there (`loseRefused`).
 */
export const leaveForRoom = async (
  push: OpenPush,
  sent: SentBeside,
  ready: readonly ReadyItem[],
): Promise<SentBeside> => {
  const refused = ready.flatMap((one) => toRefused(one, sent.outcomes.get(one.item.indicatorId)));
  if (refused.length === 0) return sent;
  const isDeletingNow = [...sent.outcomes.values()].some((one) => "endedId" in one && one.endedId !== null);
  const facts = await bulkAsSystem("delivery", (client) =>
    readFacts(client, push, { refused, isDeletingNow }),
  );
  const { firstSentAt } = facts;
  if (firstSentAt === null || !mayFindRoom({ ...facts, firstSentAt })) return sent;
  await noteEnded(
    push,
    refused.flatMap(({ recordId, endedId }) => (endedId === null ? [] : [{ recordId, remoteId: endedId }])),
  );
  await bulkAsSystem("delivery", (client) => noteRefused(client, push, refused));
  const outcomes = new Map(sent.outcomes);
  for (const { id } of refused) outcomes.set(id, { status: "open" });
  return { ...sent, outcomes, trouble: sent.trouble ?? noRoomYet(push) };
};

type Refused = { id: string; recordId: string; endedId: string | null };

const toRefused = ({ item, record }: ReadyItem, outcome: Sent | undefined): Refused[] =>
  outcome?.status === "rejected" && outcome.code === "capacity"
    ? [{ id: item.indicatorId, recordId: record.id, endedId: outcome.endedId }]
    : [];

const noteRefused = async (
  client: PoolClient,
  { id, leaseOwner }: OpenPush,
  refused: readonly Refused[],
): Promise<void> => {
  await client.query(
    `UPDATE push_item i SET refused_record_id = mine.record_id FROM (
       SELECT held.indicator_id, refused.record_id FROM unnest($3::bigint[], $4::uuid[]) AS refused (id, record_id)
       JOIN push p ON p.id = $1 AND p.lease_owner = $2
       JOIN push_item held ON held.push_id = p.id AND held.indicator_id = refused.id AND held.state = 'sending'
       ORDER BY held.indicator_id FOR UPDATE OF held
     ) mine WHERE i.push_id = $1 AND i.indicator_id = mine.indicator_id`,
    [id, leaseOwner, refused.map((one) => one.id), refused.map(({ recordId }) => recordId)],
  );
};

const noRoomYet = ({ isUrgent }: OpenPush): Trouble => ({
  message:
    "The tenant says that it is full. What was deleted there a moment ago may still take its place, so what found none is tried again.",
  retry: "later",
  waitMs: waitForRoomMs(isUrgent),
  cause: "full",
});

type Facts = { firstSentAt: Date | null; deletedAt: Date | null; now: Date };
type Asked = { refused: readonly Refused[]; isDeletingNow: boolean };

/**
 * When the first of them was sent first, and when something of any connector's was deleted at the destination last: what went, what was
 * made anew, what this batch deleted, and what is being removed and not answered yet.
 */
const readFacts = async (
  client: PoolClient,
  { id, destinationId }: OpenPush,
  { refused, isDeletingNow }: Asked,
): Promise<Facts> => {
  const { rows } = await client.query<Facts>(
    `SELECT clock_timestamp() AS now,
       (SELECT min(sent_at) FROM push_item WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[])) AS "firstSentAt",
       greatest(CASE WHEN $4 THEN clock_timestamp() END,
         (SELECT max(greatest(gone_at, ended_at)) FROM remote_record WHERE destination_id = $3),
         (SELECT max(i.sent_at) FROM connector c JOIN push p ON p.connector_id = c.id AND p.state = 'running'
          JOIN push_item i ON i.push_id = p.id AND i.state = 'sending' AND i.reason IS NULL AND i.operation = 'remove'
          WHERE c.destination_id = $3)) AS "deletedAt"`,
    [id, refused.map((one) => one.id), destinationId, isDeletingNow],
  );
  const [facts] = rows;
  if (!facts) throw new Error("The database told no time.");
  return facts;
};
