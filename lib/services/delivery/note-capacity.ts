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
  const at = now.toISOString();
  await writeKnownCapacity(client, destinationId, {
    foreign: known?.foreign ?? null,
    readers: known?.readers ?? [],
    shared: known?.shared ?? false,
    limit,
    total,
    readAt: at,
    full: { at, ours: await countMostOfOurs(client, destinationId, now) },
  });
};

/**
 * The most of ours that stood there at one time of late: so many places were ours. What stands now is less where what went just now still
 * takes its place, and nobody would plan for that before a day is over; with what went it is more, where something else took the place.
 */
const countMostOfOurs = async (client: PoolClient, destinationId: string, now: Date): Promise<number> => {
  const { rows } = await client.query<{ ours: number | null }>(
    // What is live was put there when its oldest claim came, which only what was written since can have done of late.
    `WITH standing AS (
       SELECT greatest($2, CASE WHEN r.state = 'gone' THEN r.first_sent_at
           WHEN r.accepted_at > $2 THEN (SELECT min(c.created_at) FROM claim c WHERE c.record_id = r.id) END) AS since,
         CASE WHEN r.state = 'gone' THEN r.gone_at END AS until
       FROM remote_record r
       WHERE r.destination_id = $1 AND (r.state IN ('live', 'orphaned') OR (r.state = 'gone' AND r.gone_at > $2))
     )
     SELECT max(ours)::int AS ours FROM (
       SELECT sum(step) OVER (ORDER BY at, step) AS ours FROM (
         SELECT since AS at, 1 AS step FROM standing UNION ALL SELECT until, -1 FROM standing WHERE until IS NOT NULL
       ) moves
     ) counted`,
    [destinationId, new Date(now.getTime() - FREED_WITHIN_MS)],
  );
  return rows[0]?.ours ?? 0;
};

const FREED_WITHIN_MS = 15 * 60_000;

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
