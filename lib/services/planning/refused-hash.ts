import "server-only";

import { hash } from "node:crypto";

import type { PoolClient } from "pg";

import { shareText, type Share } from "@/lib/domain/selection/share";

import type { PlanningConnector } from "./planning-connector";

/**
 * Tells whether what was refused would be sent there once more, hexadecimal. Its end has no part in it: that moves with the day on
 * which it is planned.
 */
export const refusedHash = (destinationId: string, share: Share): string =>
  hash("sha256", `${destinationId}\n${shareText({ ...share, expiresAt: new Date(0) })}`, "hex");

/** Has what a connector's destination refused for good, and what a person left out, tried once more: all of it, or of these values. */
export const forgetRefusals = async (
  client: PoolClient,
  { id, teamId }: Pick<PlanningConnector, "id" | "teamId">,
  ids: readonly string[] | null = null,
): Promise<void> => {
  await client.query(
    `UPDATE receipt r SET refused_hash = NULL
     FROM (
       SELECT indicator_id FROM receipt WHERE connector_id = $1 AND team_id = $2 AND refused_hash IS NOT NULL
         AND ($3::bigint[] IS NULL OR indicator_id = ANY ($3))
       ORDER BY indicator_id FOR UPDATE
     ) mine WHERE r.connector_id = $1 AND r.indicator_id = mine.indicator_id`,
    [id, teamId, ids],
  );
};
