import "server-only";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { DEFENDER_LIMITS } from "@/lib/connectors/defender/limits";
import { bulkAsSystem } from "@/lib/db/scope";
import { withoutReader } from "@/lib/domain/delivery/capacity";

import { announceRoom } from "./announce-room";
import type { Application } from "./applications";
import { readKnownCapacity, writeKnownCapacity } from "./note-capacity";

/** Notes how full a Defender tenant is, by all that an application which sees everything was just shown. */
export const noteFill = async (
  { access }: Application,
  shown: ReadonlyMap<string, RemoteRecord>,
): Promise<void> => {
  const { destinationId, clientId } = access;
  await bulkAsSystem("delivery", async (client) => {
    const known = await readKnownCapacity(client, destinationId);
    const { rows } = await client.query<{ remoteId: string }>(
      // A destination shows what was just removed for some minutes: it is ours still, and nobody else's.
      `SELECT remote_id AS "remoteId" FROM remote_record
       WHERE destination_id = $1 AND state IN ('live', 'orphaned') AND remote_id IS NOT NULL
       UNION SELECT x.remote_id FROM receipt x JOIN connector c ON c.id = x.connector_id
       WHERE c.destination_id = $1 AND x.remote_id IS NOT NULL
         AND (x.state IN ('pending', 'withdrawing') OR x.still_shown)`,
      [destinationId],
    );
    const ours = new Set(rows.map(({ remoteId }) => remoteId));
    const foreign = [...shown.keys()].filter((remoteId) => !ours.has(remoteId)).length;
    await writeKnownCapacity(client, destinationId, {
      limit: known?.limit ?? DEFENDER_LIMITS.capacity,
      total: shown.size,
      foreign,
      readAt: new Date().toISOString(),
      full: null,
      readers: [...new Set([...(known?.readers ?? []), clientId])],
    });
    if (foreign !== known?.foreign || known.full !== null) await announceRoom(client, destinationId);
  });
};

/** Forgets what was known by an application that sees its own records alone, now or from now on. */
export const forgetFill = async ({ access }: Application): Promise<void> => {
  const { destinationId, clientId } = access;
  await bulkAsSystem("delivery", async (client) => {
    const known = await readKnownCapacity(client, destinationId);
    if (known?.readers.includes(clientId))
      await writeKnownCapacity(client, destinationId, withoutReader(known, clientId));
  });
};
