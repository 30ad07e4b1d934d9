import "server-only";

import type { PoolClient } from "pg";

import type { Doer } from "@/lib/domain/access/actor";
import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { pushConfirm } from "@/lib/jobs/push-confirm.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceSql } from "@/lib/services/outbox/announce";
import { readIsWithdrawal, readPlanningConnector } from "@/lib/services/planning/planning-connector";
import { tellRaised } from "@/lib/services/reconcile/tell-raised";

import { lockOpen, tellOpen } from "./finish-push";
import { POLICY_CHANGED } from "./stopped-push";

type Stopping = { connectorId: string; teamId: string; doer: Doer; now: Date };
type Waiting = { id: string; connectorId: string; isUrgent: boolean; policyHash: string };

/**
 * Stops what waits at a connector and was planned under another policy than the connector has now: whoever changed it while nothing
 * was sent does not want that any more. What only takes back goes on: of each removal it is asked anew whether it still holds. Gives
 * how many pushes these were; an automatic connector plans anew.
 */
export const stopOutdated = async (
  client: PoolClient,
  { connectorId, teamId, doer, now }: Stopping,
): Promise<number> => {
  const waiting = await readWaiting(client, connectorId);
  if (waiting.length === 0) return 0;
  const connector = await readPlanningConnector(client, { connectorId, teamId });
  let stopped = 0;
  for (const push of waiting) {
    if (readIsWithdrawal(connector, push.policyHash) !== null) continue;
    if (!(await stop(client, push, now))) continue;
    stopped += 1;
    const subject = { type: "push", id: push.id };
    const detail = { connectorId, message: POLICY_CHANGED.message };
    await recordAuditSql(client, { teamId, doer, action: "push.stop", subject, detail }, now);
    await tellRaised(client, push);
  }
  if (stopped === 0) return 0;
  await announceSql(client, pushConfirm, { connectorId });
  if (connector.mode === "automatic" && connector.enabled)
    await announceSql(client, connectorPlan, { connectorId });
  return stopped;
};

const readWaiting = async (client: PoolClient, connectorId: string): Promise<Waiting[]> => {
  const { rows } = await client.query<Waiting>(
    `SELECT p.id, p.connector_id AS "connectorId", p.urgent AS "isUrgent", plan.policy_hash AS "policyHash"
     FROM push p JOIN plan ON plan.id = p.plan_id JOIN connector c ON c.id = p.connector_id AND c.deleted_at IS NULL
     WHERE p.connector_id = $1 AND p.state IN ('queued', 'running') AND EXISTS (
       SELECT FROM push_item i WHERE i.push_id = p.id AND i.state IN ('pending', 'sending') AND NOT i.overtaken
         AND (i.operation <> 'remove' OR i.moves))
     ORDER BY p.queued_at, p.id`,
    [connectorId],
  );
  return rows;
};

/** Also where a worker has it, which notices before its next request leaves. False where it ended meanwhile. */
const stop = async (client: PoolClient, push: Waiting, now: Date): Promise<boolean> => {
  // Receipts before the push itself (`lock-receipts.ts`).
  const open = await lockOpen(client, push);
  const { rowCount } = await client.query(
    `UPDATE push SET state = 'stopped', message = $2, finished_at = $3, lease_owner = NULL, lease_until = NULL,
       wake_at = NULL, failures = 0, waiting_since = NULL, failing_since = NULL
     WHERE id = $1 AND state IN ('queued', 'running')`,
    [push.id, POLICY_CHANGED.message, now],
  );
  if (!rowCount) return false;
  await tellOpen(client, push.connectorId, open);
  return true;
};
