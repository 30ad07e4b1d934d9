import "server-only";

import type { Tx } from "@/lib/db/client";

/** How long records took from their acceptance until they were seen at the destination. */
export type Latency = { count: number; medianSeconds: number; p95Seconds: number };

/** Over what was first seen in the last 24 hours; null where nothing was. Looks are some time apart, so it may have stood there earlier. */
export const readLatency = async (
  tx: Tx,
  { connectorId, teamId }: { connectorId: string; teamId: string },
): Promise<Latency | null> => {
  const rows = await tx.$queryRaw<(Omit<Latency, "count"> & { count: number })[]>`
    SELECT count(*)::int AS count,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS "medianSeconds",
      percentile_cont(0.95) WITHIN GROUP (ORDER BY took) AS "p95Seconds"
    FROM (
      SELECT greatest(0, extract(epoch FROM visible_at - accepted_at))::float8 AS took FROM receipt
      WHERE connector_id = ${connectorId}::uuid AND team_id = ${teamId}::uuid AND state = 'visible'
        AND visible_at > now() - interval '24 hours' AND accepted_at IS NOT NULL
    ) seen`;
  const [row] = rows;
  return row && row.count > 0 ? row : null;
};
