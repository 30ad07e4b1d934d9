import "server-only";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { pushConfirm } from "@/lib/jobs/push-confirm.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceSql } from "@/lib/services/outbox/announce";
import { readIsWithdrawal, readPlanningConnector } from "@/lib/services/planning/planning-connector";
import { tellRaised } from "@/lib/services/reconcile/tell-raised";

import { lockOpen, tellOpen } from "./finish-push";
import type { OpenPush } from "./push-lease";
import { POLICY_CHANGED } from "./stopped-push";

type Own = { connectorId: string; teamId: string };
type Stopping = { connectors: readonly Own[]; doer: Doer; now: Date };
type Outdated = Own & { id: string; isUrgent: boolean; isPlannedAnew: boolean };

/**
 * Stops what waits at connectors and was planned under another policy than these have now: whoever changed it while nothing was sent
 * does not want that any more. What only takes back goes on: of each removal it is asked anew whether it still holds. What a worker
 * has at this moment it stops itself, once the answer to what left is written down. Gives how many pushes these were; an automatic
 * connector plans anew.
 */
export const stopOutdated = async (
  client: PoolClient,
  { connectors, doer, now }: Stopping,
): Promise<number> => {
  const found: Outdated[] = [];
  for (const own of connectors) found.push(...(await findOutdated(client, own)));
  // Receipts before pushes (`lock-receipts.ts`), of all of them.
  const open = await lockOpen(
    client,
    found.map(({ id }) => id),
  );
  const ended: Outdated[] = [];
  let stopped = 0;
  for (const push of found) {
    const end = await stopOrMark(client, push, now);
    if (end === null) continue;
    stopped += 1;
    if (end === "marked") continue;
    ended.push(push);
    await tellOpen(client, push.connectorId, open.get(push.id) ?? []);
    const subject = { type: "push", id: push.id };
    const detail = { connectorId: push.connectorId, message: POLICY_CHANGED.message };
    await recordAuditSql(client, { teamId: push.teamId, doer, action: "push.stop", subject, detail }, now);
    await tellRaised(client, push);
  }
  await announceNext(client, ended);
  return stopped;
};

const announceNext = async (client: PoolClient, ended: readonly Outdated[]): Promise<void> => {
  const byConnector = new Map(ended.map((push) => [push.connectorId, push]));
  for (const { connectorId, isPlannedAnew } of byConnector.values()) {
    await announceSql(client, pushConfirm, { connectorId });
    if (isPlannedAnew) await announceSql(client, connectorPlan, { connectorId });
  }
};

/** Asks, for the worker that has it, whether a push is one of these by now, and keeps that with it. */
export const isOutdated = (push: OpenPush): Promise<boolean> =>
  bulkAsSystem("delivery", async (client) => {
    const outdated = (await findOutdated(client, push)).some(({ id }) => id === push.id);
    const values = [push.id, push.leaseOwner, outdated];
    await client.query("UPDATE push SET outdated = $3 WHERE id = $1 AND lease_owner = $2", values);
    return outdated;
  });

/** Open pushes of a connector that bring something and were planned under another policy. */
export const findOutdated = async (client: PoolClient, { connectorId, teamId }: Own): Promise<Outdated[]> => {
  const bringing = await readBringing(client, connectorId);
  if (bringing.length === 0) return [];
  const connector = await readPlanningConnector(client, { connectorId, teamId });
  const isPlannedAnew = connector.mode === "automatic" && connector.enabled;
  return bringing.flatMap(({ id, isUrgent, policyHash }) =>
    readIsWithdrawal(connector, policyHash) === null
      ? [{ id, connectorId, teamId, isUrgent, isPlannedAnew }]
      : [],
  );
};

type Bringing = { id: string; isUrgent: boolean; policyHash: string };

const readBringing = async (client: PoolClient, connectorId: string): Promise<Bringing[]> => {
  const { rows } = await client.query<Bringing>(
    `SELECT p.id, p.urgent AS "isUrgent", plan.policy_hash AS "policyHash"
     FROM push p JOIN plan ON plan.id = p.plan_id JOIN connector c ON c.id = p.connector_id AND c.deleted_at IS NULL
     WHERE p.connector_id = $1 AND p.state IN ('queued', 'running') AND EXISTS (
       SELECT FROM push_item i WHERE i.push_id = p.id AND i.state IN ('pending', 'sending') AND NOT i.overtaken
         AND (i.operation <> 'remove' OR i.moves))
     ORDER BY p.queued_at, p.id`,
    [connectorId],
  );
  return rows;
};

/**
 * Marked where a worker has it: what of it left is still to be answered; and where it waits for room: whoever has it next settles first what
 * was refused, also for other teams. Null where it ended meanwhile.
 */
const stopOrMark = async (
  client: PoolClient,
  { id }: Outdated,
  now: Date,
): Promise<"stopped" | "marked" | null> => {
  const { rows } = await client.query<{ isHeld: boolean }>(
    `SELECT (lease_until IS NOT NULL AND lease_until > clock_timestamp())
       OR EXISTS (SELECT FROM push_item i WHERE i.push_id = push.id AND i.state = 'sending' AND i.refused_record_id IS NOT NULL) AS "isHeld" FROM push
     WHERE id = $1 AND state IN ('queued', 'running') FOR NO KEY UPDATE`,
    [id],
  );
  const [push] = rows;
  if (!push) return null;
  if (push.isHeld) {
    await client.query("UPDATE push SET outdated = true WHERE id = $1", [id]);
    return "marked";
  }
  await client.query(
    `UPDATE push SET state = 'stopped', message = $2, finished_at = $3, lease_owner = NULL, lease_until = NULL,
       wake_at = NULL, failures = 0, waiting_since = NULL, failing_since = NULL
     WHERE id = $1`,
    [id, POLICY_CHANGED.message, now],
  );
  return "stopped";
};
