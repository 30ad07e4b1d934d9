import "server-only";

import type { PoolClient } from "pg";

import type { Tx } from "@/lib/db/client";
import { noConnector } from "@/lib/services/connectors/get-connector";

/** Throws `not_found` where the team has no such connector. */
export const assertConnector = async (
  tx: Tx,
  { id, teamId }: { id: string; teamId: string },
): Promise<void> => {
  const found = await tx.connector.findFirst({
    where: { id, teamId, deletedAt: null },
    select: { id: true },
  });
  if (!found) throw noConnector();
};

/** As `assertConnector`, in a transaction of sets. */
export const assertConnectorSql = async (
  client: PoolClient,
  { connectorId, teamId }: { connectorId: string; teamId: string },
): Promise<void> => {
  const { rowCount } = await client.query(
    "SELECT FROM connector WHERE id = $1 AND team_id = $2 AND deleted_at IS NULL",
    [connectorId, teamId],
  );
  if (!rowCount) throw noConnector();
};
