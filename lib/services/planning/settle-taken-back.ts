import "server-only";

import type { PoolClient } from "pg";

import type { PlanningConnector } from "./planning-connector";

/**
 * What a person let through a connector's gate and took back is settled once a plan of all candidates lets the value pass without that
 * word: from then on it blocks as anything else does, and is not opened again. A network is settled when all of its addresses
 * that block pass.
 */
export const settleTakenBack = async (
  client: PoolClient,
  { id: connectorId, teamId, policy: { kind, gate } }: PlanningConnector,
  planId: string,
): Promise<void> => {
  if (kind !== "defender" || gate === undefined) return;
  await client.query(
    `UPDATE gate_override o SET settled_at = clock_timestamp()
     WHERE o.connector_id = $1 AND o.team_id = $2 AND o.lifted_at IS NOT NULL AND o.settled_at IS NULL AND (
       -- What is in no item of the plan stays as it stands.
       SELECT bool_and((p.indicator_id IS NULL OR ${isBlocking("p")}) AND NOT ${IS_BY_WORD}) FROM (
         SELECT o.indicator_id AS id
         UNION SELECT part.indicator_id FROM network_address part WHERE part.network_id = o.indicator_id
       ) value
       LEFT JOIN plan_item p ON p.plan_id = $3 AND p.team_id = $2 AND p.indicator_id = value.id
       LEFT JOIN claim c ON c.connector_id = $1 AND c.team_id = $2 AND c.indicator_id = value.id
       WHERE ${isBlocking("c")} OR ${isBlocking("p")})`,
    [connectorId, teamId, planId],
  );
};

// What a plan removes or keeps in has no action.
const isBlocking = (row: string): string =>
  `coalesce(${row}.action IN ('Block', 'BlockAndRemediate'), false)`;

/** The gate was not asked: a person lets it, or its network, through, or adopted its action. */
const IS_BY_WORD = `(EXISTS (
    SELECT FROM gate_override live WHERE live.connector_id = $1 AND live.team_id = $2 AND live.lifted_at IS NULL
      AND (live.indicator_id = value.id
        OR live.indicator_id IN (SELECT network_id FROM network_address around WHERE around.indicator_id = value.id))
  ) OR EXISTS (
    SELECT FROM record_override adopted WHERE adopted.connector_id = $1 AND adopted.team_id = $2
      AND adopted.indicator_id = value.id AND adopted.action IS NOT NULL))`;
