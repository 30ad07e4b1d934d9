import "server-only";

import type { PoolClient } from "pg";

import { isUnderWay } from "@/lib/db/queries/waiting-pushes";
import { bulkAsSystem } from "@/lib/db/scope";
import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { announceSql } from "@/lib/services/outbox/announce";

import { readLapsing } from "./lapsing-claims";
import { isWithinLimits } from "@/lib/services/reconcile/leave-to-person";
import { COUNTED_COLUMNS, type CountedRow } from "./plan-columns";
import { readIsWithdrawal, readPlanningConnector } from "./planning-connector";

/**
 * Announces a plan for each automatic connector that no settled plan covers: the team's indicators or the policy changed since,
 * and the announcement of that was lost. Call about once a minute.
 */
export const announceMissedPlans = async (): Promise<number> =>
  bulkAsSystem("scheduling", async (client) => {
    const connectors = await findIdle(client);
    let announced = 0;
    for (const connector of connectors) {
      if (await isCovered(client, connector)) continue;
      await announceSql(client, connectorPlan, { connectorId: connector.id });
      announced += 1;
    }
    return announced;
  });

/**
 * Announces a plan for each automatic connector where mere time made one due: what still holds is renewed before it ends. Plans
 * made within one hour are equal, so one an hour is enough. Call every few minutes.
 */
export const announceLapsingPlans = async (now: Date): Promise<number> =>
  bulkAsSystem("scheduling", async (client) => {
    const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
    const idle = new Set(
      (await findIdle(client)).flatMap(({ id, plannedAt }) => (isBefore(plannedAt, hour) ? [id] : [])),
    );
    if (idle.size === 0) return 0;
    const due = (await readLapsing(client, { mode: "automatic", now })).filter(({ connectorId }) =>
      idle.has(connectorId),
    );
    for (const { connectorId } of due) await announceSql(client, connectorPlan, { connectorId });
    return due.length;
  });

const HOUR_MS = 3_600_000;

const isBefore = (at: Date | null, limit: Date): boolean => at === null || at < limit;

type Idle = {
  id: string;
  teamId: string;
  changeCount: number;
  plannedAt: Date | null;
  /** Of the newest plan that was applied, had nothing to apply, or waits for a person; null where there is none. */
  changesSeen: number | null;
  policyHash: string | null;
  planId: string | null;
  /** Why that one waits; null where it does not. */
  waitsBecause: string | null;
} & CountedRow;

/** Automatic connectors without a push under way: the end of that one plans again. */
const findIdle = async (client: PoolClient): Promise<Idle[]> => {
  const { rows } = await client.query<Idle>(
    `SELECT c.id, c.team_id AS "teamId", t.change_count AS "changeCount", p.created_at AS "plannedAt",
       p.changes_seen AS "changesSeen", p.policy_hash AS "policyHash", p.id AS "planId", p.waits_because AS "waitsBecause",
       p.counts, p."changesByReason"
     FROM connector c JOIN team t ON t.id = c.team_id
     LEFT JOIN LATERAL (
       SELECT id, created_at, changes_seen, policy_hash, ${COUNTED_COLUMNS},
         CASE WHEN state = 'draft' THEN waits_because END AS waits_because
       FROM plan
       WHERE plan.connector_id = c.id AND NOT partial
         AND (state = 'applied' OR add + change + remove = 0 OR (state = 'draft' AND waits_because IS NOT NULL))
       ORDER BY created_at DESC LIMIT 1
     ) p ON true
     WHERE c.mode = 'automatic' AND c.enabled AND c.deleted_at IS NULL
       AND NOT EXISTS (SELECT FROM push WHERE push.connector_id = c.id AND ${isUnderWay("push")})
     ORDER BY c.id`,
  );
  return rows;
};

const isCovered = async (
  client: PoolClient,
  { id: connectorId, teamId, changeCount, changesSeen, policyHash, planId, waitsBecause, ...counted }: Idle,
): Promise<boolean> => {
  if (changesSeen === null || changesSeen < changeCount) return false;
  const connector = await readPlanningConnector(client, { connectorId, teamId });
  // What waits for a person goes on by itself where the limits were raised meanwhile.
  if (waitsBecause !== null && planId !== null) {
    if (await isWithinLimits(client, connector, { ...counted, id: planId })) return false;
  }
  // A person who took everything back is not overruled before something changes.
  return policyHash !== null && readIsWithdrawal(connector, policyHash) !== null;
};
