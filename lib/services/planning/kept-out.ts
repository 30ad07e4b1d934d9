import "server-only";

import type { PoolClient } from "pg";

import type { FindKeptOut } from "./judge-beside";
import type { PlanningConnector } from "./planning-connector";

/** Which of them the destination refused when they were last sent. */
export const findRefused =
  (client: PoolClient, { id, teamId }: PlanningConnector): FindKeptOut =>
  async (ids) => {
    if (ids.length === 0) return NOTHING;
    const { rows } = await client.query<{ id: string }>(
      `SELECT indicator_id AS id FROM receipt r
       WHERE connector_id = $1 AND team_id = $2 AND indicator_id = ANY ($3::bigint[]) AND state = 'failed'
         AND NOT EXISTS (SELECT FROM claim c WHERE c.connector_id = $1 AND c.indicator_id = r.indicator_id)`,
      [id, teamId, ids],
    );
    return new Set(rows.map((row) => row.id));
  };

/** The same, and those that have no place by the newest choice. */
export const findKeptOut = (client: PoolClient, connector: PlanningConnector): FindKeptOut => {
  const refused = findRefused(client, connector);
  return async (ids) => {
    if (ids.length === 0) return NOTHING;
    const { rows } = await client.query<{ id: string }>(
      `SELECT indicator_id AS id FROM budget_entry
       WHERE connector_id = $1 AND team_id = $2 AND indicator_id = ANY ($3::bigint[]) AND NOT chosen`,
      [connector.id, connector.teamId, ids],
    );
    return new Set([...rows.map((row) => row.id), ...(await refused(ids))]);
  };
};

/** The same, where a choice was just made. */
export const findKeptOutBy = (
  client: PoolClient,
  connector: PlanningConnector,
  isCut: (id: string) => boolean,
): FindKeptOut => {
  const refused = findRefused(client, connector);
  return async (ids) => new Set([...ids.filter(isCut), ...(await refused(ids))]);
};

const NOTHING: ReadonlySet<string> = new Set();
