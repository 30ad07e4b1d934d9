import "server-only";

import type { PoolClient } from "pg";

import type { RecallRule } from "@/lib/domain/screening/recall";

export type StandingRecall = RecallRule & { teamId: string | null; reason: string; by: string };

/** The recalls that stand now and bind any of the teams, oldest first; those of every team (`teamId` null) among them. */
export const readRecalls = async (
  client: PoolClient,
  teamIds: readonly string[],
): Promise<readonly StandingRecall[]> => {
  const { rows } = await client.query<StandingRecall>(
    `SELECT id, team_id AS "teamId", kind, value, reason, created_by_name AS by FROM recall
     WHERE (team_id = ANY ($1::uuid[]) OR team_id IS NULL) AND lifted_at IS NULL AND NOT lapsed
       AND (until IS NULL OR until > now())
     ORDER BY created_at`,
    [teamIds],
  );
  return rows;
};
