import "server-only";

import type { PoolClient } from "pg";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { OWN_REMOTE_IDS } from "@/lib/db/queries/own-remote-ids";
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
    `SELECT "remoteId" FROM (${OWN_REMOTE_IDS}) ours WHERE "remoteId" = ANY ($2)`,
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
