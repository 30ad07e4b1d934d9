import "server-only";

import type { PoolClient } from "pg";

import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import type { Tx } from "@/lib/db/client";
import { announce, announceSql } from "@/lib/services/outbox/announce";

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

/** The same, for a change that is made through Prisma. */
export const announcePlans = async (tx: Tx, teamId: string): Promise<void> => {
  await tx.team.update({
    where: { id: teamId },
    data: { changeCount: { increment: 1 } },
    select: { id: true },
  });
  const connectors = await tx.connector.findMany({
    where: { teamId, mode: "automatic", enabled: true, deletedAt: null },
    select: { id: true },
  });
  for (const { id } of connectors) await announce(tx, connectorPlan, { connectorId: id });
};
