import "server-only";

import type { PoolClient } from "pg";

import { bulkAsTeam } from "@/lib/db/scope";

import { findPlanningConnector, readIsWithdrawal, readPlanningConnector } from "./planning-connector";

/**
 * Whether something that decides changed since a connector's newest whole plan was made: the team's indicators, its own settings, places, or what
 * the destination takes, tells or holds; or that one is stale. Where there is none, whether the team has changed anything yet.
 */
export const isPlanBehind = ({ id, teamId }: { id: string; teamId: string }): Promise<boolean> =>
  bulkAsTeam(teamId, async (client) => {
    const connector = await readPlanningConnector(client, { connectorId: id, teamId });
    const { rows } = await client.query<{ changesSeen: number; policyHash: string; state: string }>(
      `SELECT changes_seen AS "changesSeen", policy_hash AS "policyHash", state FROM plan
       WHERE connector_id = $1 AND team_id = $2 AND NOT partial AND superseded_at IS NULL ORDER BY created_at DESC LIMIT 1`,
      [id, teamId],
    );
    const [newest] = rows;
    if (!newest) return connector.changeCount > 0;
    const { changesSeen, policyHash, state } = newest;
    return (
      state === "stale" ||
      changesSeen < connector.changeCount ||
      readIsWithdrawal(connector, policyHash) === null
    );
  });

/** Those of a team's connectors where a person applies, and whose newest whole plan was made under other settings than they have now. */
export const listOtherwiseSet = async (client: PoolClient, teamId: string): Promise<string[]> => {
  const { rows } = await client.query<{ connectorId: string; policyHash: string }>(
    `SELECT c.id AS "connectorId", p.policy_hash AS "policyHash"
     FROM connector c CROSS JOIN LATERAL (
       SELECT policy_hash FROM plan WHERE connector_id = c.id AND NOT partial ORDER BY created_at DESC LIMIT 1
     ) p
     WHERE c.team_id = $1 AND c.enabled AND c.deleted_at IS NULL AND c.mode = 'review' ORDER BY c.id`,
    [teamId],
  );
  const otherwise: string[] = [];
  for (const { connectorId, policyHash } of rows) {
    const connector = await findPlanningConnector(client, { connectorId, teamId });
    if (connector && readIsWithdrawal(connector, policyHash) === null) otherwise.push(connectorId);
  }
  return otherwise;
};
