import "server-only";

import type { PoolClient } from "pg";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { DEFENDER_LIMITS } from "@/lib/connectors/defender/limits";
import { readClock } from "@/lib/db/clock";
import { OWN_REMOTE_IDS } from "@/lib/db/queries/own-remote-ids";
import { bulkAsSystem } from "@/lib/db/scope";
import { isSeen, withoutReader, type KnownCapacity } from "@/lib/domain/delivery/capacity";

import { announceRoom } from "@/lib/services/budget/announce-room";
import type { Application } from "./applications";
import { forgetForeign } from "@/lib/services/reconcile/foreign-records";
import { readKnownCapacity, writeKnownCapacity } from "./note-capacity";

/** Who looks at a tenant: a connector's application, or (without a connector) the one that an administrator gave the destination. */
export type Viewer = {
  access: Pick<Application["access"], "destinationId" | "clientId"> & { connectorId: string | null };
};

/** Notes how full a Defender tenant is, by all that an application which sees everything was just shown. */
export const noteFill = async (
  { access }: Viewer,
  shown: ReadonlyMap<string, RemoteRecord>,
): Promise<void> => {
  const { destinationId, clientId, connectorId } = access;
  await bulkAsSystem("delivery", async (client) => {
    const known = await readKnownCapacity(client, destinationId);
    const { rows } = await client.query<{ remoteId: string }>(OWN_REMOTE_IDS, [destinationId]);
    const ours = new Set(rows.map(({ remoteId }) => remoteId));
    const foreign = [...shown.keys()].filter((remoteId) => !ours.has(remoteId)).length;
    await writeKnownCapacity(client, destinationId, {
      limit: known?.limit ?? DEFENDER_LIMITS.capacity,
      total: shown.size,
      foreign,
      readAt: (await readClock(client)).toISOString(),
      full: null,
      readers: [...new Set([...(known?.readers ?? []), ...(connectorId === null ? [] : [clientId])])],
      shared: connectorId === null || (known?.shared ?? false),
    });
    if (foreign !== known?.foreign || known.full !== null) await announceRoom(client, destinationId);
  });
};

const forgetReader = async (
  client: PoolClient,
  destinationId: string,
  known: KnownCapacity,
): Promise<void> => {
  await writeKnownCapacity(client, destinationId, known);
  if (!isSeen(known)) await forgetForeign(client, destinationId);
};

/** Forgets what was known by an application that sees its own records alone, now or from now on. */
export const forgetFill = async ({ access }: Viewer): Promise<void> => {
  const { destinationId, clientId } = access;
  await bulkAsSystem("delivery", async (client) => {
    const known = await readKnownCapacity(client, destinationId);
    if (known?.readers.includes(clientId))
      await forgetReader(client, destinationId, withoutReader(known, clientId));
  });
};
