import "server-only";

import type { PoolClient } from "pg";

import { withItsNetworks } from "@/lib/db/queries/network-addresses";
import { isLeftWaiting } from "@/lib/db/queries/waiting-pushes";
import { hasHolds, heldBecause, isHeldBy } from "@/lib/db/queries/withheld";
import { bulkAsTeam } from "@/lib/db/scope";
import type { BesideState } from "@/lib/domain/delivery/beside-withdrawal";
import { readIsWithdrawal, readPlanningConnector } from "@/lib/services/planning/planning-connector";

/** So much of what is held back is in a push that was applied and has not ended. */
export type OnItsWay = {
  connectorId: string;
  connector: string;
  pushId: string;
  queuedAt: Date;
  count: number;
};

type Asked = {
  teamId: string;
  /** Left out: at all of the team's. */
  connectorId?: string | undefined;
  /** Of this hold alone; left out: of all that stand. */
  holdId?: string | undefined;
  /** Besides what that plan takes back. Left out: what has not left, since all else may stand there and is planned away. */
  planId?: string | undefined;
};

/**
 * What is held back, does not stand at its destination, and is in a push under way, oldest push first: it is left out when its turn comes,
 * or taken back once it arrived. What another feed vouches for as well is none of it.
 */
export const readOnItsWay = async (client: PoolClient, { holdId, ...asked }: Asked): Promise<OnItsWay[]> => {
  if (!(await hasHolds(client, asked.teamId))) return [];
  return countLeaving(client, asked, {
    beside: `, named AS (
       SELECT a.indicator_id FROM attribution a
       JOIN withheld h ON h.team_id = a.team_id AND h.lifted_at IS NULL AND ${isHeldBy("a", "h")}
       WHERE a.team_id = $1 AND a.until_generation IS NULL AND ($4::uuid IS NULL OR h.id = $4)
     ), held AS (
       SELECT indicator_id FROM named
       UNION SELECT part.indicator_id FROM network_address part JOIN named ON named.indicator_id = part.network_id
     )`,
    where: `indicator_id IN (SELECT indicator_id FROM held) AND ${NOBODY_ELSE}`,
    values: [holdId ?? null],
  });
};

/** The same of what the temporary table `touched` names and no feed of the team vouches for any more, as this transaction has it. */
export const readTouchedOnItsWay = (
  client: PoolClient,
  asked: Pick<Asked, "teamId" | "connectorId">,
): Promise<OnItsWay[]> =>
  countLeaving(client, asked, {
    where: `indicator_id IN (
       SELECT id FROM touched
       UNION SELECT part.indicator_id FROM network_address part JOIN touched ON touched.id = part.network_id) AND ${NOBODY_ELSE}`,
  });

const NOBODY_ELSE = `NOT EXISTS (
  SELECT FROM attribution a WHERE a.team_id = $1 AND a.until_generation IS NULL
    AND a.indicator_id = ANY (${withItsNetworks("leaving")}) AND ${heldBecause("a")} IS NULL)`;

type Which = { beside?: string; where: string; values?: readonly unknown[] };

const countLeaving = async (
  client: PoolClient,
  { teamId, connectorId, planId }: Asked,
  { beside = "", where, values = [] }: Which,
): Promise<OnItsWay[]> => {
  if (!(await hasOpenPush(client, teamId))) return [];
  const { rows } = await client.query<OnItsWay>(
    `WITH ${LEAVING}${beside}
     SELECT connector_id AS "connectorId", name AS connector, push_id AS "pushId", queued_at AS "queuedAt", count(*)::int AS count
     FROM leaving WHERE ${where}
     GROUP BY connector_id, name, push_id, queued_at ORDER BY queued_at, push_id`,
    [teamId, connectorId ?? null, planId ?? null, ...values],
  );
  return rows;
};

/** Of the team $1, at its connector $2 where one is given, and of what the plan $3 does not remove where one is. */
const LEAVING = `leaving AS (
  SELECT c.id AS connector_id, c.name, p.id AS push_id, p.queued_at, i.indicator_id,
    CASE WHEN p.urgent THEN 'saved' WHEN NOT ${isLeftWaiting("p")} THEN 'under-way' WHEN i.state = 'pending' THEN 'waiting' ELSE 'unanswered' END AS state
  FROM push p JOIN connector c ON c.id = p.connector_id
  JOIN push_item i ON i.push_id = p.id AND i.state IN ('pending', 'sending') AND NOT i.overtaken AND i.operation <> 'remove'
  WHERE p.team_id = $1 AND p.state IN ('queued', 'running') AND ($2::uuid IS NULL OR p.connector_id = $2)
    AND CASE WHEN $3::uuid IS NULL THEN i.state = 'pending' ELSE NOT EXISTS (
      SELECT FROM plan_item n WHERE n.plan_id = $3 AND n.indicator_id = i.indicator_id AND n.operation = 'remove') END
    AND NOT EXISTS (SELECT FROM claim WHERE claim.connector_id = c.id AND claim.indicator_id = i.indicator_id))`;

const hasOpenPush = async (client: PoolClient, teamId: string): Promise<boolean> => {
  const { rowCount } = await client.query(
    "SELECT FROM push WHERE team_id = $1 AND state IN ('queued', 'running') LIMIT 1",
    [teamId],
  );
  return rowCount === 1;
};

/** What of it one connector sends, by its pushes. */
export const ofConnector = (
  ways: readonly OnItsWay[],
  connectorId: string,
): Pick<OnItsWay, "pushId" | "count">[] =>
  ways.flatMap(({ pushId, count, ...way }) => (way.connectorId === connectorId ? [{ pushId, count }] : []));

/** The same for a page that asks nothing else. */
export const getOnItsWay = (asked: Asked): Promise<OnItsWay[]> =>
  bulkAsTeam(asked.teamId, (client) => readOnItsWay(client, asked));

/** What a plan that takes back everything leaves out of one push, in one state. */
export type BesideWithdrawal = Pick<OnItsWay, "pushId" | "queuedAt" | "count"> & { state: BesideState };

/** What is in pushes of a connector and a plan that takes back everything leaves out, since it stands nowhere yet; null for any other plan. */
export const getBesideWithdrawal = (asked: {
  teamId: string;
  connectorId: string;
  planId: string;
}): Promise<BesideWithdrawal[] | null> =>
  bulkAsTeam(asked.teamId, async (client) => {
    const { teamId, connectorId, planId } = asked;
    const { rows } = await client.query<{ policyHash: string }>(
      `SELECT policy_hash AS "policyHash" FROM plan WHERE id = $1 AND team_id = $2`,
      [planId, teamId],
    );
    const [plan] = rows;
    const connector = await readPlanningConnector(client, asked);
    if (!plan || readIsWithdrawal(connector, plan.policyHash) !== true) return null;
    if (!(await hasOpenPush(client, teamId))) return [];
    const beside = await client.query<BesideWithdrawal>(
      `WITH ${LEAVING}
       SELECT push_id AS "pushId", queued_at AS "queuedAt", state, count(*)::int AS count FROM leaving
       GROUP BY push_id, queued_at, state ORDER BY queued_at, push_id, state`,
      [teamId, connectorId, planId],
    );
    return beside.rows;
  });
