import "server-only";

import type { PoolClient } from "pg";

import type { OutgoingRecord } from "@/lib/connectors/contract";

/** A record that is sent again as it stands. */
export type Taken = {
  id: string;
  record: OutgoingRecord;
  hash: Buffer;
  /** What it stood as before, and how its texts were shown: they are put back where nothing of it was taken. */
  formerHash: Buffer;
  shownHash: Buffer | null;
};

/** `due`: it was not judged, and is to go once more. */
export type End = "taken" | "refused" | "due";

/**
 * Notes what became of some that were sent again: what was taken was published with it, whatever the destination shows of that, and
 * stands as it was worded; all else stands as before. What was found changed there meanwhile is left as it was found.
 */
export const settleTaken = (
  client: PoolClient,
  taken: readonly Taken[],
  { end, now }: { end: End; now: Date },
): Promise<unknown> =>
  client.query(
    `UPDATE remote_record r SET ${NOTED[end]} FROM (
       SELECT x.id, t.hash, t.shown_hash, x.content_hash IS NOT DISTINCT FROM t.former_hash AS is_as_before
       FROM unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[]) AS t (id, hash, former_hash, shown_hash)
       JOIN remote_record x ON x.id = t.id AND x.refreshed_at = $1 AND x.state = 'live'
       ORDER BY x.id FOR UPDATE OF x
     ) w WHERE r.id = w.id`,
    [
      ...[now, taken.map(({ id }) => id), taken.map(({ hash }) => hash)],
      ...[taken.map(({ formerHash }) => formerHash), taken.map(({ shownHash }) => shownHash)],
    ],
  );

const SHOWN_AS_BEFORE = "shown_hash = CASE WHEN w.is_as_before THEN w.shown_hash ELSE r.shown_hash END";
const NOTED: Record<End, string> = {
  taken: "refresh_taken_at = $1, content_hash = CASE WHEN w.is_as_before THEN w.hash ELSE r.content_hash END",
  refused: SHOWN_AS_BEFORE,
  due: `unpublished_since = $1, refreshed_at = NULL, ${SHOWN_AS_BEFORE}`,
};
