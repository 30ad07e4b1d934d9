import "server-only";

import type { PoolClient } from "pg";

import type { Unpublished } from "./compare-records";

/** Notes which of a connector's records Sentinel has not published again for too long. */
export const markUnpublished = async (
  client: PoolClient,
  connectorId: string,
  unpublished: readonly Unpublished[],
): Promise<void> => {
  await client.query(
    `UPDATE remote_record r SET unpublished_since = s.since
     FROM (
       SELECT x.id, u.since FROM jsonb_to_recordset($2::jsonb) AS u ("recordId" uuid, since timestamptz)
       JOIN remote_record x ON x.id = u."recordId" JOIN claim c ON c.record_id = x.id AND c.connector_id = $1
       ORDER BY x.id FOR UPDATE OF x
     ) s
     WHERE r.id = s.id AND r.unpublished_since IS DISTINCT FROM s.since`,
    [connectorId, JSON.stringify(unpublished)],
  );
};

export type Stretch = {
  connectorId: string;
  after: string;
  limit: number;
  /** Which were still not published. */
  still: ReadonlySet<string>;
};

/** Forgets, for a stretch of those that were marked, what was published meanwhile. Gives where the next begins; null after the last. */
export const forgetPublished = async (
  client: PoolClient,
  { connectorId, after, limit, still }: Stretch,
): Promise<string | null> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT x.id FROM remote_record x JOIN claim c ON c.record_id = x.id AND c.connector_id = $1
     WHERE x.unpublished_since IS NOT NULL AND x.id > $2 ORDER BY x.id LIMIT $3 FOR UPDATE OF x`,
    [connectorId, after, limit],
  );
  const published = rows.flatMap(({ id }) => (still.has(id) ? [] : [id]));
  if (published.length > 0)
    await client.query("UPDATE remote_record SET unpublished_since = NULL WHERE id = ANY ($1::uuid[])", [
      published,
    ]);
  return rows.length < limit ? null : (rows.at(-1)?.id ?? null);
};
