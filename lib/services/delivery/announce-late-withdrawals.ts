import "server-only";

import type { PoolClient } from "pg";

import { isVouchedFor } from "@/lib/db/queries/vouched-for";
import { hasHolds, heldBecause } from "@/lib/db/queries/withheld";
import { announceUrgentSql } from "@/lib/services/planning/announce-urgent";

import { readAsOf, type AsOf } from "./as-of";
import type { OpenPush } from "./push-lease";

type Batch = {
  push: Pick<OpenPush, "teamId" | "connectorId">;
  /** What the batch put there. */
  indicatorIds: readonly string[];
  /** By what it was decided. */
  asOf: AsOf;
};

/**
 * Has what a batch put there planned once more, ahead of all else, where a person withdrew it or holds it back by now, or no source
 * names it any more: a plan that was made for that while the batch was being taken saw nothing of it anywhere. Where a person applies,
 * the end of the push sees to it. To be called in the transaction that writes the answers down. Tells whether there was any.
 */
export const announceLateWithdrawals = async (
  client: PoolClient,
  { push, indicatorIds, asOf }: Batch,
): Promise<boolean> => {
  if (indicatorIds.length === 0) return false;
  const { teamId } = push;
  const isChanged = (await readAsOf(client, push)).values !== asOf.values;
  const { rows } = await client.query<{ id: string }>(
    `SELECT indicator_id AS id FROM tombstone
     WHERE team_id = $1 AND indicator_id = ANY ($2::bigint[]) AND lifted_at IS NULL
     ${(await hasHolds(client, teamId)) ? `UNION ${HELD}` : ""} ${isChanged ? `UNION ${UNNAMED}` : ""} ORDER BY 1`,
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

const UNNAMED = `SELECT put.indicator_id FROM (SELECT $1::uuid AS team_id, unnest($2::bigint[]) AS indicator_id) put
  WHERE NOT ${isVouchedFor("put")}`;
