import "server-only";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { roomFor } from "@/lib/domain/delivery/capacity";
import { parseCapacity } from "@/lib/services/delivery/note-capacity";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";

import { readSettings } from "./budget-settings";

/**
 * Notes for the teams that compete for a destination's places that its room is another than before, so that there is something to plan. An
 * automatic connector plans wherever something was cut, or is more than fits; where a person reviews, nobody is asked to before that
 * plan would find a place more, or one less. `isForAll`: places are given by other rules, so every team has to plan.
 */
export const announceRoom = async (
  client: PoolClient,
  destinationId: string,
  { isForAll = false } = {},
): Promise<void> => {
  const room = await readRoom(client, destinationId);
  const { rows } = await client.query<{ teamId: string }>(
    `WITH wish AS MATERIALIZED (
       SELECT b.connector_id, b.indicator_id, b.chosen FROM budget_entry b JOIN connector c ON c.id = b.connector_id
       WHERE c.destination_id = $1 AND c.enabled AND c.deleted_at IS NULL
     ), pool AS (
       SELECT count(*) AS wanted, count(*) FILTER (WHERE NOT chosen) AS cut,
         -- What several want has one place, and what nobody there wishes for has its own until it is taken away.
         count(DISTINCT indicator_id) FILTER (WHERE chosen) + (
           SELECT count(*) FROM remote_record r WHERE r.destination_id = $1 AND r.state IN ('live', 'orphaned')
             AND NOT EXISTS (SELECT FROM wish WHERE wish.indicator_id = r.indicator_id)) AS taken
       FROM wish
     )
     SELECT DISTINCT c.team_id AS "teamId" FROM connector c CROSS JOIN pool
     WHERE c.destination_id = $1 AND c.enabled AND c.deleted_at IS NULL AND ($2 OR CASE c.mode
       WHEN 'automatic' THEN pool.cut > 0 OR pool.wanted > $3
       ELSE EXISTS (SELECT FROM wish WHERE wish.connector_id = c.id AND wish.chosen = (pool.taken > $3)) AND pool.taken <> $3
         -- What a ceiling cut has no more places by more room.
         AND (pool.taken > $3 OR (
           SELECT p.budget->>'cut' FROM plan p WHERE p.connector_id = c.id AND p.budget IS NOT NULL
           ORDER BY p.created_at DESC, p.id DESC LIMIT 1) IS NOT NULL) END)
     ORDER BY 1`,
    [destinationId, isForAll, room],
  );
  for (const { teamId } of rows) await announcePlansSql(client, teamId);
};

const readRoom = async (client: PoolClient, destinationId: string): Promise<number> => {
  const { rows } = await client.query<{ capacity: unknown; budget: unknown; ours: number }>(
    `SELECT capacity, budget, (
       SELECT count(*)::int FROM remote_record WHERE destination_id = $1 AND state IN ('live', 'orphaned')
     ) AS ours FROM destination WHERE id = $1`,
    [destinationId],
  );
  const { headroom } = readSettings(rows[0]?.budget);
  const known = parseCapacity(rows[0]?.capacity);
  return roomFor(known, { ours: rows[0]?.ours ?? 0, headroom, now: await readClock(client) });
};
