import "server-only";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";
import { mayFindRoom, waitForRoomMs } from "@/lib/domain/delivery/room";

import type { SentBeside } from "./lanes";
import type { OpenPush } from "./push-lease";
import type { Trouble } from "./send-batch";

/**
 * Leaves open what was refused for lack of room, where something of ours was just deleted there: its place may not be free yet. A push
 * deletes before it creates, so else what stood before would be gone, and what was to take its place refused.
 */
export const leaveForRoom = async (push: OpenPush, sent: SentBeside): Promise<SentBeside> => {
  const refused = [...sent.outcomes].flatMap(([id, outcome]) =>
    outcome.status === "rejected" && outcome.code === "capacity" ? [id] : [],
  );
  if (refused.length === 0) return sent;
  const facts = await bulkAsSystem("delivery", (client) => readFacts(client, push, refused));
  const { firstSentAt } = facts;
  if (firstSentAt === null || !mayFindRoom({ ...facts, firstSentAt })) return sent;
  const outcomes = new Map(sent.outcomes);
  for (const id of refused) outcomes.set(id, { status: "open" });
  return { ...sent, outcomes, trouble: sent.trouble ?? noRoomYet(push) };
};

const noRoomYet = ({ isUrgent }: OpenPush): Trouble => ({
  message:
    "The tenant says that it is full. What was deleted there a moment ago may still take its place, so what found none is tried again.",
  retry: "later",
  waitMs: waitForRoomMs(isUrgent),
  cause: "full",
});

type Facts = { firstSentAt: Date | null; deletedAt: Date | null; now: Date };

/**
 * When the first of them was sent first, and when something of any connector's was deleted at the destination last: what went, what was
 * made anew, and what is being made anew and not answered yet.
 */
const readFacts = async (
  client: PoolClient,
  { id, destinationId }: OpenPush,
  refused: readonly string[],
): Promise<Facts> => {
  const { rows } = await client.query<Facts>(
    `SELECT clock_timestamp() AS now,
       (SELECT min(sent_at) FROM push_item WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[])) AS "firstSentAt",
       greatest(
         (SELECT max(coalesce(r.gone_at, r.accepted_at)) FROM remote_record r
          WHERE r.destination_id = $3 AND (r.gone_at IS NOT NULL OR cardinality(r.ended_ids) > 0)),
         (SELECT max(i.sent_at) FROM connector c JOIN push p ON p.connector_id = c.id AND p.state = 'running'
          JOIN push_item i ON i.push_id = p.id AND i.state = 'sending' AND i.operation <> 'add'
          WHERE c.destination_id = $3)) AS "deletedAt"`,
    [id, refused, destinationId],
  );
  const [facts] = rows;
  if (!facts) throw new Error("The database told no time.");
  return facts;
};
