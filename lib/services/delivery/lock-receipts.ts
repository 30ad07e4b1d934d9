import "server-only";

import type { PoolClient } from "pg";

import { isLeftWaiting } from "@/lib/db/queries/waiting-pushes";

// One order for everybody who writes down what becomes of values, so that nobody waits for each other in a circle: connectors, the
// destination, then records, receipts, the items of pushes, pushes, and teams. Rows of one table in the order of their keys. A plan that is
// applied holds its connector for as long as it judges its items once more: whoever has a connector to write takes it before all else.

/** Holds a connector as whoever applies a plan of it does: claims may go on to name it. */
export const holdConnector = async (client: PoolClient, connectorId: string): Promise<void> => {
  await client.query("SELECT FROM connector WHERE id = $1 FOR NO KEY UPDATE", [connectorId]);
};

/**
 * Locks the receipts that an applied plan is about to change: those of its items, and those of what stopped or waiting pushes of its
 * connector still had to send. Of what has no receipt yet there is nothing to wait for.
 */
export const lockPlannedReceipts = async (
  client: PoolClient,
  { id, connectorId }: { id: string; connectorId: string },
): Promise<void> => {
  await client.query(
    `SELECT FROM receipt WHERE connector_id = $2 AND indicator_id IN (
       SELECT indicator_id FROM plan_item WHERE plan_id = $1 AND operation <> 'blocked'
       UNION ALL
       SELECT i.indicator_id FROM push p JOIN push_item i ON i.push_id = p.id AND i.state = 'pending'
       WHERE p.connector_id = $2 AND (p.state = 'stopped' OR ${isLeftWaiting("p")}))
     ORDER BY indicator_id FOR UPDATE`,
    [id, connectorId],
  );
};
