import "server-only";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { nextId } from "@/lib/db/next-id";
import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { isLeftWaiting } from "@/lib/db/queries/waiting-pushes";
import { bulkAsTeam } from "@/lib/db/scope";
import { SYSTEM, type Doer } from "@/lib/domain/access/actor";
import { takesBackOnly } from "@/lib/domain/delivery/takes-back";
import { AppError } from "@/lib/domain/errors";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { pushDeliverUrgent } from "@/lib/jobs/push-deliver-urgent.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { dropEntries } from "@/lib/services/budget/budget-entries";
import { hasLostPlaces } from "@/lib/services/budget/has-lost-places";
import { isWithinLimits } from "@/lib/services/reconcile/leave-to-person";
import { assertApproved } from "./assert-approved";
import { countStaleItems } from "./check-plan";
import { readBackground } from "./plan-background";
import { findUnchanged } from "./plan-memory";
import { COUNTED_COLUMNS, type CountedRow } from "./plan-columns";
import { readIsWithdrawal, readPlanningConnector, type PlanningConnector } from "./planning-connector";
import { lockPlannedReceipts } from "@/lib/services/delivery/lock-receipts";
import {
  overtake,
  overtakeWaiting,
  stopWaiting,
  supersedePushes,
} from "@/lib/services/delivery/supersede-pushes";

type Options = {
  planId: string;
  teamId: string;
  hash: string;
  doer: Doer;
  /** That it goes was decided already, as by a recall: it waits for nobody, not even a second person. */
  isDecided?: boolean;
  now?: Date;
};

/**
 * Hands a plan over to a push and returns the push's id; applied again, the same id. Throws `stale` when the hash is not
 * that of the plan, or when the policy changed or a planned item would be judged otherwise now: the plan is `stale` from then
 * on. Throws `conflict` while another push of the connector is open, but for one that waits for its destination or for sending to be
 * switched on, whose place this one takes; and for a plan that a second person has to approve first.
 * A plan of some values alone goes before all other pushes, and beside an ordinary one of its connector. An empty plan is a push
 * that is done at once.
 */
export const applyPlan = async (options: Options): Promise<{ id: string }> => {
  const applied = await bulkAsTeam(options.teamId, (client) => apply(client, options));
  // Thrown only now: that the plan is stale was to be kept.
  if ("isStaleBecause" in applied) throw stale(applied.isStaleBecause);
  await relayOutbox();
  return applied;
};

type Applied = { id: string } | { isStaleBecause: string };

const apply = async (
  client: PoolClient,
  { planId, teamId, hash, doer, isDecided = false, now: given }: Options,
): Promise<Applied> => {
  const plan = await lockPlan(client, planId, teamId);
  if (plan.hash !== hash)
    throw stale("This is not the hash of the plan: you reviewed another one. Review this plan.");
  if (plan.pushId !== null) return { id: plan.pushId };
  if (plan.state === "stale")
    return { isStaleBecause: "This plan is stale: something changed since. Make a new plan and review it." };
  const { connectorId, isUrgent } = plan;
  const connector = await readPlanningConnector(client, { connectorId, teamId, isLocked: true });
  // Once the connector is held, so that of two plans the later one is applied later.
  const now = given ?? (await readClock(client));
  const isWithdrawal = readIsWithdrawal(connector, plan.policyHash);
  // What takes back may go while nothing new does.
  if (!connector.enabled && isWithdrawal !== true && !takesBackOnly({ ...plan, isPartial: isUrgent }))
    throw new AppError("conflict", `“${connector.name}” is switched off. Switch it on to send anything.`);
  if (!isDecided) await assertApproved(client, { plan, connector, doer });
  if (!isUrgent) await assertNoOpenPush(client, connectorId);
  const isAutomatic = doer.id === SYSTEM.id;
  const isAlone = isAutomatic && !isDecided;
  if (isAlone && (connector.mode !== "automatic" || !(await isWithinLimits(client, connector, plan))))
    throw new AppError("conflict", `“${connector.name}” does not apply this by itself any more.`);
  const staleBecause = await findChange(client, { plan, connector, isWithdrawal, isUrgent, isAutomatic });
  if (staleBecause !== null) {
    const told = [planId, staleBecause];
    await client.query("UPDATE plan SET state = 'stale', stale_because = $2 WHERE id = $1", told);
    const detail = { connector: connector.name, connectorId, message: staleBecause };
    const subject = { type: "plan", id: planId };
    await recordAuditSql(client, { teamId, doer, action: "plan.refuse", subject, detail }, now);
    return { isStaleBecause: staleBecause };
  }
  if (isWithdrawal === true && connector.policy.kind === "defender") await dropEntries(client, connector);
  const id = await openPush(client, { plan, teamId, doer, isUrgent, isAlone, isDecided, now });
  const { add, change, remove } = plan.counts;
  const subject = { type: "push", id };
  const detail = { plan: planId, connector: connector.name, connectorId, hash, add, change, remove };
  await recordAuditSql(client, { teamId, doer, action: "plan.apply", subject, detail }, now);
  return { id };
};

const stale = (message: string): AppError => new AppError("stale", message);

type Facts = {
  plan: LockedPlan;
  connector: PlanningConnector;
  isWithdrawal: boolean | null;
  isUrgent: boolean;
  isAutomatic: boolean;
};

/** What is no longer as it was planned, in a sentence, or null. */
const findChange = async (
  client: PoolClient,
  { plan, connector, isWithdrawal, isUrgent, isAutomatic }: Facts,
): Promise<string | null> => {
  if (isWithdrawal === null)
    return "The connector's policy changed since this plan was made. Make a new plan and review it.";
  const { id: planId, createdAt: plannedAt } = plan;
  const isRanked = connector.policy.kind === "defender" && !isUrgent && !isWithdrawal;
  if (isRanked && (await hasLostPlaces(client, plan))) return LOST_PLACES;
  const unchanged = isWithdrawal || isUrgent ? [] : await readUnchanged(client, plan, connector);
  const count = await countStaleItems(client, {
    ...{ planId, unchanged, connector, isWithdrawal, isUrgent, plannedAt },
    // What a person saved went ahead while the rest was planned; nobody reviewed this, and doing it once more does nothing.
    mayBeDone: isAutomatic,
  });
  if (count === 0) return null;
  const what = count === 1 ? "1 planned item" : `${count.toLocaleString("en")} planned items`;
  return `${what} changed since this plan was made. Make a new plan and review it.`;
};

const LOST_PLACES =
  "Nobody applied this plan for a day; its places at the tenant are free again. Make a new plan and review it.";

/**
 * Parts of the plan that need not be judged once more. Telling which reads all that the team has, at a twentieth of what judging
 * costs: a plan of few changes among many is judged instead.
 */
const readUnchanged = async (
  client: PoolClient,
  { id: planId, counts, candidates }: LockedPlan,
  connector: PlanningConnector,
): Promise<readonly number[]> => {
  const changes = counts.add + counts.change + counts.remove;
  if (changes * JUDGING_COST < candidates) return [];
  const now = await readClock(client);
  const background = await readBackground(client, connector, now);
  return findUnchanged(client, connector, { planId, background, now });
};

const JUDGING_COST = 20;

type LockedPlan = CountedRow & {
  id: string;
  state: "draft" | "applied" | "stale";
  connectorId: string;
  hash: string;
  policyHash: string;
  createdAt: Date;
  createdBy: string | null;
  approvedAt: Date | null;
  approvedBy: string | null;
  isUrgent: boolean;
  /** All that it looked at. */
  candidates: number;
  pushId: string | null;
};

const lockPlan = async (client: PoolClient, planId: string, teamId: string): Promise<LockedPlan> => {
  const { rows } = await client.query<LockedPlan>(
    `SELECT id, state, connector_id AS "connectorId", hash, policy_hash AS "policyHash",
       ${COUNTED_COLUMNS}, created_at AS "createdAt", created_by AS "createdBy", approved_at AS "approvedAt", approved_by AS "approvedBy",
       partial AS "isUrgent", add + change + remove + keep + blocked AS candidates, (SELECT push.id FROM push WHERE push.connector_id = plan.connector_id AND push.plan_id = plan.id) AS "pushId"
     FROM plan WHERE id = $1 AND team_id = $2 FOR UPDATE`,
    [planId, teamId],
  );
  const [plan] = rows;
  if (!plan) throw new AppError("not_found", "There is no such plan.");
  return plan;
};

const assertNoOpenPush = async (client: PoolClient, connectorId: string): Promise<void> => {
  const { rowCount } = await client.query(
    `SELECT FROM push WHERE connector_id = $1 AND state IN ('queued', 'running') AND NOT urgent AND NOT ${isLeftWaiting("push")}`,
    [connectorId],
  );
  if (rowCount)
    throw new AppError(
      "conflict",
      "A push of this connector is under way. Wait until it is done, then make a new plan.",
    );
};

type NewPush = {
  plan: LockedPlan;
  teamId: string;
  doer: Doer;
  isUrgent: boolean;
  /** No person decided it. */
  isAlone: boolean;
  isDecided: boolean;
  now: Date;
};

const openPush = async (
  client: PoolClient,
  { plan, teamId, doer, isUrgent, isAlone, isDecided, now }: NewPush,
): Promise<string> => {
  const id = await nextId(client);
  const { add, change, remove } = plan.counts;
  const planned = add + change + remove;
  const finishedAt = planned === 0 ? now : null;
  await lockPlannedReceipts(client, plan);
  // One of some items alone takes nobody's place.
  if (isUrgent) await overtake(client, plan);
  else {
    await overtakeWaiting(client, plan);
    await stopWaiting(client, { connectorId: plan.connectorId, teamId, doer, now });
    // A worker may have gone on meanwhile with one that waited.
    await assertNoOpenPush(client, plan.connectorId);
    await supersedePushes(client, plan.connectorId, now);
  }
  await client.query(
    `INSERT INTO push (id, plan_id, connector_id, team_id, state, planned, requested_by, queued_at, started_at, finished_at, urgent)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)`,
    [
      id,
      plan.id,
      plan.connectorId,
      teamId,
      planned === 0 ? "done" : "queued",
      planned,
      doer.id,
      now,
      finishedAt,
      isUrgent,
    ],
  );
  await client.query(
    "UPDATE plan SET state = 'applied', applied_at = $2, applied_by = $3, automatic = $4, decided = $5 WHERE id = $1",
    [plan.id, now, doer.id, isAlone, isDecided],
  );
  if (planned === 0) return id;
  await openItems(client, id, plan);
  await client.query(
    `INSERT INTO receipt AS known (connector_id, indicator_id, team_id, push_id, state, changed_at)
     SELECT $1, indicator_id, team_id, $2,
       CASE operation WHEN 'remove' THEN 'withdrawing' ELSE 'pending' END::receipt_state, $4
     FROM plan_item WHERE plan_id = $3 AND operation <> 'blocked' ORDER BY indicator_id
     ON CONFLICT (connector_id, indicator_id) DO UPDATE SET
       push_id = excluded.push_id, state = excluded.state, reason = NULL, changed_at = excluded.changed_at`,
    [plan.connectorId, id, plan.id, now],
  );
  await announceSql(client, isUrgent ? pushDeliverUrgent : pushDeliver, { pushId: id });
  return id;
};

/**
 * The items of a push. Under other device groups than what stands, or may, a record is another one: it is removed first, then added.
 */
const openItems = async (
  client: PoolClient,
  pushId: string,
  { id: planId, connectorId, isUrgent }: LockedPlan,
): Promise<void> => {
  await client.query(
    `INSERT INTO push_item (push_id, indicator_id, team_id, operation, device_groups, moves)
     SELECT $1, n.indicator_id, n.team_id, CASE WHEN n.moves THEN 'remove' ELSE n.operation END,
       CASE WHEN n.moves OR n.operation = 'remove' THEN n.standing ELSE n.wanted END, n.moves
     FROM (
       SELECT p.indicator_id, p.team_id, p.operation, p.content->'deviceGroups' AS wanted, s.groups AS standing,
         p.operation <> 'remove' AND s.stands AND s.groups IS DISTINCT FROM p.content->'deviceGroups' AS moves
       FROM plan_item p
       LEFT JOIN claim c ON c.connector_id = $3 AND c.indicator_id = p.indicator_id
       LEFT JOIN LATERAL (
         SELECT i.device_groups, true AS is_known FROM ${unansweredItems("$3", { isUrgent })} u
         JOIN push_item i ON i.push_id = u.push_id AND i.indicator_id = u.indicator_id
         WHERE c.record_id IS NULL AND u.indicator_id = p.indicator_id LIMIT 1
       ) sent ON true
       CROSS JOIN LATERAL (
         SELECT CASE WHEN c.record_id IS NULL THEN sent.device_groups ELSE c.content->'deviceGroups' END AS groups,
           c.record_id IS NOT NULL OR coalesce(sent.is_known, false) AS stands
       ) s
       WHERE p.plan_id = $2 AND p.operation <> 'blocked'
     ) n`,
    [pushId, planId, connectorId],
  );
};
