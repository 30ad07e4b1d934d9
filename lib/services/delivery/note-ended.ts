import "server-only";

import { bulkAsSystem } from "@/lib/db/scope";

import type { OpenPush } from "./push-lease";

/** `remoteId`: the record as which it stood. */
export type EndedRecord = { recordId: string; remoteId: string };

/**
 * Keeps that what these records stood as was taken away, though nobody knows yet what they were made into: whoever tries that again looks
 * them up, and deletes nothing once more.
 */
export const noteEnded = async (
  { id, leaseOwner }: Pick<OpenPush, "id" | "leaseOwner">,
  ended: readonly EndedRecord[],
): Promise<void> => {
  if (ended.length === 0) return;
  await bulkAsSystem("delivery", async (client) => {
    await client.query(
      `UPDATE remote_record r SET remote_id = NULL, ended_at = clock_timestamp(),
         ended_ids = (array_prepend(mine.remote_id, array_remove(r.ended_ids, mine.remote_id)))[1:${String(MOST_ENDED)}]
       FROM (
         SELECT r.id, r.remote_id FROM unnest($3::uuid[], $4::text[]) AS e (id, remote_id)
         JOIN remote_record r ON r.id = e.id AND r.remote_id = e.remote_id
         WHERE EXISTS (SELECT FROM push WHERE id = $1 AND lease_owner = $2)
         ORDER BY r.id FOR UPDATE OF r
       ) mine WHERE r.id = mine.id`,
      [id, leaseOwner, ended.map(({ recordId }) => recordId), ended.map(({ remoteId }) => remoteId)],
    );
  });
};

/** So many ids of what a record stood as are kept. */
export const MOST_ENDED = 8;
