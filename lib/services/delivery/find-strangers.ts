import "server-only";

import type { PoolClient } from "pg";

import type { RemoteRecord } from "@/lib/connectors/contract";
import type { Stranger } from "@/lib/domain/delivery/drift-choices";

/** As many as are kept for people to look at; the count is of all. */
const MOST_KEPT = 100;

export type Strangers = { count: number; records: Stranger[] };

/** Of all that an application was shown, what it made itself and we know nothing of: neither sent, nor just being taken back. */
export const findStrangers = async (
  client: PoolClient,
  destinationId: string,
  shown: ReadonlyMap<string, RemoteRecord>,
): Promise<Strangers> => {
  const own = [...shown.values()].filter(({ isOurs }) => isOurs);
  const { rows } = await client.query<{ remoteId: string }>(
    `SELECT remote_id AS "remoteId" FROM remote_record
     WHERE destination_id = $1 AND state IN ('live', 'orphaned') AND remote_id = ANY ($2)
     UNION SELECT x.remote_id FROM receipt x JOIN connector c ON c.id = x.connector_id
     WHERE c.destination_id = $1 AND x.remote_id = ANY ($2)
       AND (x.state IN ('pending', 'withdrawing') OR x.still_shown)`,
    [destinationId, own.map(({ remoteId }) => remoteId)],
  );
  const known = new Set(rows.map(({ remoteId }) => remoteId));
  const knownValues = new Set(own.flatMap(({ remoteId, value }) => (known.has(remoteId) ? [value] : [])));
  const strangers = own.filter(({ remoteId }) => !known.has(remoteId));
  return {
    count: strangers.length,
    records: strangers.slice(0, MOST_KEPT).map(({ remoteId, value, action, title }) => ({
      ...{ remoteId, value, action, title },
      isDuplicate: knownValues.has(value),
    })),
  };
};
