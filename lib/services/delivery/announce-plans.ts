import "server-only";

import type { PoolClient } from "pg";

import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { announceSql } from "@/lib/services/outbox/announce";

/** Notes, in the transaction that changed a team's indicators, that its automatic connectors have something to plan. */
export const announcePlansSql = async (client: PoolClient, teamId: string): Promise<void> => {
  const { rows } = await client.query<{ id: string }>(
    "SELECT id FROM connector WHERE team_id = $1 AND mode = 'automatic' AND enabled AND deleted_at IS NULL",
    [teamId],
  );
  for (const { id } of rows) await announceSql(client, connectorPlan, { connectorId: id });
};
