import type { Client } from "pg";

/** Ends what an earlier test left open, so that nobody waits for it. */
export const endPushes = async (client: Client): Promise<void> => {
  await client.query("UPDATE push SET state = 'done', urgent = false WHERE state IN ('queued', 'running')");
};

/** The same of what goes ahead of other pushes alone. */
export const endUrgentPushes = async (client: Client): Promise<void> => {
  await client.query("UPDATE push SET state = 'done', urgent = false WHERE urgent");
};
