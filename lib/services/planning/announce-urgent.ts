import "server-only";

import type { PoolClient } from "pg";

import { hasUrgentUnderWay } from "@/lib/db/queries/waiting-pushes";
import { bulkAsSystem } from "@/lib/db/scope";
import { connectorPlanUrgent } from "@/lib/jobs/connector-plan-urgent.job";
import { announceSql } from "@/lib/services/outbox/announce";

/** One import of Defender's: more than that at once is a list, which takes its turn. */
export const MOST_URGENT = 500;
/** A job that is on its way has taken them by then. */
const FORGOTTEN_SECONDS = 20;

/**
 * Notes, in the transaction in which a person changed these values, that they go to the team's automatic connectors ahead of what
 * pushes there already. The numbers are those of their rows. Very many at once are left to the ordinary plan.
 */
export const announceUrgentSql = async (
  client: PoolClient,
  teamId: string,
  indicatorIds: readonly string[],
): Promise<void> => {
  if (indicatorIds.length === 0 || indicatorIds.length > MOST_URGENT) return;
  const { rows } = await client.query<{ connectorId: string }>(
    `INSERT INTO urgent_item (connector_id, indicator_id, team_id, asked_at)
     SELECT c.id, wanted, $1, clock_timestamp() FROM connector c CROSS JOIN unnest($2::bigint[]) wanted
     WHERE c.team_id = $1 AND c.mode = 'automatic' AND c.enabled AND c.deleted_at IS NULL ORDER BY 1, 2
     ON CONFLICT (connector_id, indicator_id) DO UPDATE SET asked_at = excluded.asked_at
     RETURNING connector_id AS "connectorId"`,
    [teamId, indicatorIds],
  );
  for (const connectorId of new Set(rows.map((row) => row.connectorId)))
    await announceSql(client, connectorPlanUrgent, { connectorId });
};

/** Announces connectors where something a person saved waits although no urgent push is under way: its job was lost. Call about once a minute. */
export const announceForgottenUrgent = async (): Promise<number> =>
  bulkAsSystem("scheduling", async (client) => {
    const { rows } = await client.query<{ connectorId: string }>(
      `SELECT DISTINCT w.connector_id AS "connectorId" FROM urgent_item w JOIN connector c ON c.id = w.connector_id
       WHERE w.asked_at < clock_timestamp() - make_interval(secs => $1) AND NOT ${hasUrgentUnderWay("w.connector_id")}`,
      [FORGOTTEN_SECONDS],
    );
    for (const { connectorId } of rows) await announceSql(client, connectorPlanUrgent, { connectorId });
    return rows.length;
  });
