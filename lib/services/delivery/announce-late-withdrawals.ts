import "server-only";

import type { PoolClient } from "pg";

import { hasHolds, heldBecause } from "@/lib/db/queries/withheld";
import { announceUrgentSql } from "@/lib/services/planning/announce-urgent";

type Batch = {
  teamId: string;
  /** What the batch put there. */
  indicatorIds: readonly string[];
};

/**
 * Has what a batch put there planned once more, ahead of all else, where a person withdrew it or holds it back by now: a plan that was
 * made for that while the batch was being taken saw nothing of it anywhere. To be called in the transaction that writes the answers
 * down. Tells whether there was any.
 */
export const announceLateWithdrawals = async (
  client: PoolClient,
  { teamId, indicatorIds }: Batch,
): Promise<boolean> => {
  if (indicatorIds.length === 0) return false;
  const { rows } = await client.query<{ id: string }>(
    `SELECT indicator_id AS id FROM tombstone
     WHERE team_id = $1 AND indicator_id = ANY ($2::bigint[]) AND lifted_at IS NULL
     ${(await hasHolds(client, teamId)) ? `UNION ${HELD}` : ""} ORDER BY 1`,
    [teamId, indicatorIds],
  );
  await announceUrgentSql(
    client,
    teamId,
    rows.map(({ id }) => id),
  );
  return rows.length > 0;
};

/** Whose every word is held back. */
const HELD = `SELECT a.indicator_id FROM attribution a
  WHERE a.team_id = $1 AND a.indicator_id = ANY ($2::bigint[]) AND a.until_generation IS NULL
  GROUP BY a.indicator_id HAVING bool_and(${heldBecause("a")} IS NOT NULL)`;
