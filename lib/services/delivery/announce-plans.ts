import "server-only";

import type { PoolClient } from "pg";

import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { announceSql } from "@/lib/services/outbox/announce";

/**
 * Notes, at the end of the transaction that changed a team's indicators, that every plan made before is behind, and that its
 * automatic connectors have something to plan.
 */
export const announcePlansSql = async (client: PoolClient, teamId: string): Promise<void> => {
  // A count, since times do not tell: what began to change before a plan was made may be committed after that.
  await client.query("UPDATE team SET change_count = change_count + 1 WHERE id = $1", [teamId]);
  const { rows } = await client.query<{ id: string }>(
    "SELECT id FROM connector WHERE team_id = $1 AND mode = 'automatic' AND enabled AND deleted_at IS NULL",
    [teamId],
  );
  for (const { id } of rows) await announceSql(client, connectorPlan, { connectorId: id });
};
