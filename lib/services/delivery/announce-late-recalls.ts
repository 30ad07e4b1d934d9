import "server-only";

import type { PoolClient } from "pg";

import { indicatorTypeFromCode } from "@/lib/domain/indicator/types";
import { recallOf } from "@/lib/domain/screening/mark";
import { recallCarryOut } from "@/lib/jobs/recall-carry-out.job";
import { openScreener } from "@/lib/services/allowlists/open-screener";
import { announceSql } from "@/lib/services/outbox/announce";

type Batch = {
  teamId: string;
  /** What the batch put there. */
  indicatorIds: readonly string[];
  /** The team's count of changes of its lists when the batch was taken. */
  screenedBy: number;
};

/**
 * Has recalls carried out once more that came while a batch was under way and meet what it put there: when they looked, it did
 * not stand yet. To be called in the transaction that writes the answers down, last: from here until it ends nobody can recall
 * anything of the team, so that whoever does sees what stands. Tells whether there were any.
 */
export const announceLateRecalls = async (
  client: PoolClient,
  { teamId, indicatorIds, screenedBy }: Batch,
): Promise<boolean> => {
  if (indicatorIds.length === 0) return false;
  const { rows: teams } = await client.query<{ version: number }>(
    "SELECT screening_version AS version FROM team WHERE id = $1 FOR SHARE",
    [teamId],
  );
  if (teams[0]?.version === screenedBy) return false;
  const screener = await openScreener(client, teamId);
  const { rows } = await client.query<{ type: number; value: string }>(
    // A network that is recalled takes with it what was sent as its addresses.
    `SELECT type, value FROM indicator WHERE id = ANY ($1::bigint[]) OR id IN (
       SELECT part.network_id FROM network_address part
       JOIN team_indicator t ON t.team_id = $2 AND t.indicator_id = part.network_id
       WHERE part.indicator_id = ANY ($1))`,
    [indicatorIds, teamId],
  );
  const recallIds = new Set(
    rows.flatMap(({ type, value }) => {
      const list = screener.stop(indicatorTypeFromCode(type), value);
      const recallId = list === null ? null : recallOf(list);
      return recallId === null ? [] : [recallId];
    }),
  );
  for (const recallId of recallIds) await announceSql(client, recallCarryOut, { recallId });
  return recallIds.size > 0;
};
