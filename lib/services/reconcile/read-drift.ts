import "server-only";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { isOfLiveNetwork } from "@/lib/db/queries/network-addresses";

/** What somebody else did to a connector's records since they were confirmed, as long as no plan put it right. */
export type DriftCounts = { removed: number; changed: number };

/** The drift of each of the connectors. What was removed and is no longer wanted needs no plan, and is left out; so is what somebody left as it is. */
export const readDrift = async (
  tx: Tx,
  { connectorIds, teamIds }: { connectorIds: readonly string[]; teamIds: readonly string[] },
): Promise<ReadonlyMap<string, DriftCounts>> => {
  const rows = await tx.$queryRaw<{ id: string; removed: number; changed: number }[]>`
    SELECT r.connector_id AS id, count(*) FILTER (WHERE c.record_id IS NULL)::int AS removed,
      count(*) FILTER (WHERE c.record_id IS NOT NULL)::int AS changed
    FROM receipt r
    LEFT JOIN claim c ON c.connector_id = r.connector_id AND c.indicator_id = r.indicator_id
    LEFT JOIN team_indicator t ON t.team_id = r.team_id AND t.indicator_id = r.indicator_id
    WHERE r.connector_id = ANY (${[...connectorIds]}::uuid[]) AND r.team_id = ANY (${[...teamIds]}::uuid[])
      AND r.drift IS NOT NULL AND r.drift_choice IS DISTINCT FROM 'ignore' AND (c.record_id IS NOT NULL OR (t.active AND t.screened_by IS NULL) OR ${OF_NETWORK})
    GROUP BY 1`;
  return new Map(rows.map(({ id, removed, changed }) => [id, { removed, changed }]));
};

export const NO_DRIFT: DriftCounts = { removed: 0, changed: 0 };

const OF_NETWORK = Prisma.raw(isOfLiveNetwork("r"));
