/**
 * Which of the ids `$2` are, at the destination `$1`, of what was deleted to be made anew under another id, or under other device groups,
 * longer ago than a destination needs to show that.
 */
export const ENDED_IDS_AMONG = `
  SELECT e.id AS "remoteId" FROM remote_record r CROSS JOIN LATERAL unnest(r.ended_ids) AS e (id)
  WHERE r.destination_id = $1 AND r.ended_ids <> '{}' AND e.id = ANY ($2::text[])
    AND greatest(r.accepted_at, r.gone_at) < clock_timestamp() - interval '5 minutes'`;

/** Whether any of the ids `$2` is of what was deleted so, at whatever time. */
export const HAS_ENDED_IDS = `EXISTS (
  SELECT FROM remote_record r CROSS JOIN LATERAL unnest(r.ended_ids) AS e (id)
  WHERE r.destination_id = $1 AND r.ended_ids <> '{}' AND e.id = ANY ($2::text[]))`;
