/**
 * The ids under which records of ours stand at the destination `$1`, or are still shown there: a destination shows what was just
 * removed for some minutes.
 */
export const OWN_REMOTE_IDS = `
  SELECT remote_id AS "remoteId" FROM remote_record
  WHERE destination_id = $1 AND state IN ('live', 'orphaned') AND remote_id IS NOT NULL
  UNION SELECT x.remote_id FROM receipt x JOIN connector c ON c.id = x.connector_id
  WHERE c.destination_id = $1 AND x.remote_id IS NOT NULL AND (x.state IN ('pending', 'withdrawing') OR x.still_shown)`;
