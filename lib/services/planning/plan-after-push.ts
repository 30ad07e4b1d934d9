import "server-only";

import type { PoolClient } from "pg";

import { bulkAsTeam } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { announceSql } from "@/lib/services/outbox/announce";

import { createPlan } from "./create-plan";
import { readIsWithdrawal, readPlanningConnector } from "./planning-connector";

type Ended = { id: string; connectorId: string; /** It was of some values alone. */ isUrgent: boolean };

/**
 * Has the newest plan of a connector where a person applies made anew, at the end of a push that it could not know the end of: what the
 * push brought was no part of what stands when the plan was made. One of some values alone outdates what is planned of these.
 */
export const outdatePlan = async (client: PoolClient, push: Ended): Promise<void> => {
  const { id, connectorId, isUrgent } = push;
  const { rowCount } = await client.query(
    `UPDATE plan SET state = 'stale', stale_because = $4 WHERE id IN (
       SELECT p.id FROM plan p JOIN connector c ON c.id = p.connector_id
       WHERE p.connector_id = $1 AND p.state = 'draft' AND NOT p.partial AND p.superseded_at IS NULL
         AND (c.mode = 'review' OR NOT c.enabled) AND c.deleted_at IS NULL
         AND NOT EXISTS (
           SELECT FROM plan newer WHERE newer.connector_id = $1 AND NOT newer.partial AND newer.created_at > p.created_at)
         AND (NOT $3 OR EXISTS (
           SELECT FROM push_item i JOIN plan_item n ON n.plan_id = p.id AND n.indicator_id = i.indicator_id AND n.operation <> 'blocked'
           WHERE i.push_id = $2))
       -- One that is being applied just now is looked at by whoever applies it.
       FOR UPDATE OF p SKIP LOCKED)`,
    [connectorId, id, isUrgent, OUTDATED],
  );
  if (rowCount) await announceSql(client, connectorPlan, { connectorId });
  await endTakingBack(client, push);
};

/** Plans of holds that nobody applied, and of which this push left nothing standing, wait for nobody any more. */
const endTakingBack = async (client: PoolClient, { id, connectorId }: Ended): Promise<void> => {
  await client.query(
    `UPDATE plan SET state = 'stale', stale_because = $3 WHERE id IN (
       SELECT p.id FROM plan p
       WHERE p.connector_id = $1 AND p.state = 'draft' AND p.withheld_id IS NOT NULL AND p.superseded_at IS NULL
         AND EXISTS (SELECT FROM plan_item n JOIN push_item i ON i.push_id = $2 AND i.indicator_id = n.indicator_id WHERE n.plan_id = p.id)
         AND NOT EXISTS (
           SELECT FROM plan_item n JOIN claim c ON c.connector_id = $1 AND c.indicator_id = n.indicator_id WHERE n.plan_id = p.id)
       FOR UPDATE OF p SKIP LOCKED)`,
    [connectorId, id, TAKEN_BACK],
  );
};

const TAKEN_BACK = "Another push of this connector took all of it back.";

const WHY_OUTDATED =
  "A push of this connector ended after this plan was made, so that something stands there, or does not, that it could not know of.";
const OUTDATED = `${WHY_OUTDATED} Review the plan that is made anew; of what a paused connector would bring that is when it is switched on.`;

type Own = { connectorId: string; teamId: string };

/**
 * Makes anew the plan that a push outdated, for a person to look at. Gives its id; null where the newest plan is none of these. Safe to
 * call at any time, twice, or for any connector.
 */
export const planAfterPush = async (own: Own): Promise<string | null> => {
  const outdated = await bulkAsTeam(own.teamId, (client) => readOutdated(client, own));
  if (outdated === null) return null;
  const { id } = await createPlan({ ...own, doer: SYSTEM, isWithdrawal: outdated.isWithdrawal });
  return id;
};

const readOutdated = async (client: PoolClient, own: Own): Promise<{ isWithdrawal: boolean } | null> => {
  const { rows } = await client.query<{ policyHash: string }>(
    `SELECT policy_hash AS "policyHash" FROM (
       SELECT * FROM plan WHERE connector_id = $1 AND NOT partial ORDER BY created_at DESC LIMIT 1
     ) newest WHERE state = 'stale' AND starts_with(stale_because, $2) AND superseded_at IS NULL`,
    [own.connectorId, WHY_OUTDATED],
  );
  const [newest] = rows;
  if (!newest) return null;
  const connector = await readPlanningConnector(client, own);
  const isWithdrawal = readIsWithdrawal(connector, newest.policyHash) === true;
  return connector.enabled || isWithdrawal ? { isWithdrawal } : null;
};
