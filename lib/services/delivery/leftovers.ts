import "server-only";

import type { PoolClient } from "pg";

import { findLeftovers, isWaitingLong, type Leftovers } from "@/lib/domain/delivery/leftovers";
import { TRIES_IN_PLACE } from "@/lib/domain/delivery/wait-after-failure";
import { CUT_CODES } from "@/lib/domain/selection/budget";

/** What of a push may itself be why its destination does not answer; null where nothing tells that from an outage. */
export const readLeftovers = async (client: PoolClient, pushId: string): Promise<Leftovers | null> => {
  const { rows } = await client.query<{ since: Date; destinationId: string; now: Date }>(
    `SELECT p.waiting_since AS since, c.destination_id AS "destinationId", clock_timestamp() AS now
     FROM push p JOIN connector c ON c.id = p.connector_id
     WHERE p.id = $1 AND p.state = 'running' AND p.waiting_since IS NOT NULL`,
    [pushId],
  );
  const [waiting] = rows;
  if (!waiting) return null;
  const { since, destinationId, now } = waiting;
  if (!isWaitingLong(since, now)) return null;
  const counts = await countLeft(client, pushId);
  return findLeftovers({ since, ...counts, readAt: await readLastReading(client, destinationId) }, now);
};

type Left = { hasUnsent: boolean; open: number; suspected: number; forRoom: number };

const countLeft = async (client: PoolClient, pushId: string): Promise<Left> => {
  const { rows } = await client.query<Left>(
    // As `isSuspect` (lib/domain/delivery/suspects.ts), but that what is blamed was tried before.
    `SELECT EXISTS (SELECT FROM push_item WHERE push_id = $1 AND state = 'pending') AS "hasUnsent",
       count(*)::int AS open, count(*) FILTER (WHERE i.blamed OR i.unanswered > $2)::int AS suspected,
       count(*) FILTER (WHERE n.code = ANY ($3))::int AS "forRoom"
     FROM push JOIN push_item i ON i.push_id = push.id AND i.state = 'sending' AND i.reason IS NULL
     LEFT JOIN plan_item n ON n.plan_id = push.plan_id AND n.indicator_id = i.indicator_id
     WHERE push.id = $1`,
    [pushId, TRIES_IN_PLACE, CUT_CODES],
  );
  return rows[0] ?? { hasUnsent: false, open: 0, suspected: 0, forRoom: 0 };
};

/** By whatever team's connector, or by an application of the destination's own. */
const readLastReading = async (client: PoolClient, destinationId: string): Promise<Date | null> => {
  const { rows } = await client.query<{ at: Date | null }>(
    `SELECT greatest(
       (SELECT max(reconciled_at) FROM connector WHERE destination_id = $1),
       (SELECT max(looked_at) FROM destination_reader WHERE destination_id = $1)) AS at`,
    [destinationId],
  );
  return rows[0]?.at ?? null;
};
