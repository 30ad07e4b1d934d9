/**
 * An id by which a receipt `r` names a record; null where nothing of it stands or stood: what was refused or left out has none there,
 * though one of Sentinel is known before it is sent.
 */
export const idThere = (column: "remote_id" | "stix_id"): string => `CASE
  WHEN r.state NOT IN ('pending', 'failed', 'skipped') OR EXISTS (
    SELECT FROM claim c WHERE c.connector_id = r.connector_id AND c.indicator_id = r.indicator_id) THEN r.${column} END`;
