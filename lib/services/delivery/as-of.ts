import "server-only";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";

import type { OpenPush } from "./push-lease";

/**
 * What decides about a push's values, as a text that is another one once something of it changed: what the team has and holds back, its
 * lists, and what the connector takes.
 */
export const readAsOf = async (
  client: PoolClient,
  { teamId, connectorId }: Pick<OpenPush, "teamId" | "connectorId">,
): Promise<string> => {
  const { rows } = await client.query<{ asOf: string }>(
    `SELECT concat_ws(' ', t.change_count, t.screening_version, md5(concat_ws(' ', c.selection, c.device_groups))) AS "asOf"
     FROM team t JOIN connector c ON c.id = $2 WHERE t.id = $1`,
    [teamId, connectorId],
  );
  return rows[0]?.asOf ?? "";
};

/** Whether what was prepared would be prepared in the same way now. */
export const isStillSo = async (push: OpenPush, asOf: string): Promise<boolean> =>
  asOf === (await bulkAsSystem("delivery", (client) => readAsOf(client, push)));
