/**
 * The ids under which records of ours stand at the destination `$1`, or are still shown there: a destination shows what was just
 * removed for some minutes.
 */
export const OWN_REMOTE_IDS = ownRemoteIds("IS NOT NULL");

/** The same of those among `$2` alone. */
export const OWN_REMOTE_IDS_AMONG = ownRemoteIds("= ANY ($2::text[])");

function ownRemoteIds(which: string): string {
  return `
  SELECT r.remote_id AS "remoteId" FROM remote_record r
  WHERE r.destination_id = $1 AND r.state IN ('live', 'orphaned') AND r.remote_id ${which}
  UNION SELECT x.remote_id FROM receipt x JOIN connector c ON c.id = x.connector_id
  WHERE c.destination_id = $1 AND x.remote_id ${which} AND (x.state IN ('pending', 'withdrawing') OR x.still_shown)`;
}
