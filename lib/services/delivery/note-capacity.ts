import "server-only";

import type { PoolClient } from "pg";

import type { KnownCapacity as Refusal } from "@/lib/connectors/contract";
import { DEFENDER_LIMITS } from "@/lib/connectors/defender/limits";
import { knownCapacitySchema, unknownCapacity, type KnownCapacity } from "@/lib/domain/delivery/capacity";

/** Notes that a destination refused for lack of room: for those who may not look, its figure is all that is known. */
export const noteFull = async (
  client: PoolClient,
  destinationId: string,
  { total, limit }: Refusal,
  now: Date,
): Promise<void> => {
  const known = await readKnownCapacity(client, destinationId);
  // What went just now may still take its place: else nobody would plan for that place before a day is over.
  const { rows } = await client.query<{ ours: number }>(
    `SELECT count(*)::int AS ours FROM remote_record
     WHERE destination_id = $1 AND (state IN ('live', 'orphaned') OR (state = 'gone' AND gone_at > $2::timestamptz - interval '${FREED_WITHIN}'))`,
    [destinationId, now],
  );
  const at = now.toISOString();
  await writeKnownCapacity(client, destinationId, {
    foreign: known?.foreign ?? null,
    readers: known?.readers ?? [],
    shared: known?.shared ?? false,
    limit,
    total,
    readAt: at,
    full: { at, ours: rows[0]?.ours ?? 0 },
  });
};

const FREED_WITHIN = "15 minutes";

/** Forgets that a destination was full once something left it, or something new was taken. */
export const noteRoom = async (client: PoolClient, destinationId: string): Promise<void> => {
  await client.query(
    `UPDATE destination SET capacity = capacity || '{"total": null}'
     WHERE id = $1 AND (capacity->>'total')::int >= (capacity->>'limit')::int`,
    [destinationId],
  );
};

/** What is known of a destination's fill, or null. Nobody else changes it until the transaction ends. */
export const readKnownCapacity = async (
  client: PoolClient,
  destinationId: string,
): Promise<KnownCapacity | null> => {
  const { rows } = await client.query<{ capacity: unknown }>(
    "SELECT capacity FROM destination WHERE id = $1 FOR UPDATE",
    [destinationId],
  );
  const parsed = knownCapacitySchema.safeParse(rows[0]?.capacity);
  return parsed.success ? parsed.data : null;
};

/** What is known of a Defender tenant's fill by its row, with the published limit where nothing is. */
export const parseCapacity = (stored: unknown): KnownCapacity => {
  const parsed = knownCapacitySchema.safeParse(stored);
  return parsed.success ? parsed.data : unknownCapacity(DEFENDER_LIMITS.capacity);
};

/** Replaces what is known of a destination's fill. */
export const writeKnownCapacity = async (
  client: PoolClient,
  destinationId: string,
  known: KnownCapacity,
): Promise<void> => {
  await client.query("UPDATE destination SET capacity = $2 WHERE id = $1", [
    destinationId,
    JSON.stringify(known),
  ]);
};
