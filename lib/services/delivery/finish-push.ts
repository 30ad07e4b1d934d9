import "server-only";

import type { PoolClient } from "pg";

import { bulkAsSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { connectorPlan } from "@/lib/jobs/connector-plan.job";
import { connectorPlanUrgent } from "@/lib/jobs/connector-plan-urgent.job";
import { pushConfirm } from "@/lib/jobs/push-confirm.job";
import { pushConfirmUrgent } from "@/lib/jobs/push-confirm-urgent.job";
import { logger } from "@/lib/observability/logger";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceSql } from "@/lib/services/outbox/announce";

import { outdatePlan } from "@/lib/services/planning/plan-after-push";
import { announceRoom } from "@/lib/services/budget/announce-room";
import { giveDestinationBack } from "./destination-lease";
import { loseRefused } from "./lose-refused";
import { HOPELESS, type OpenPush } from "./push-lease";
import { tellRaised } from "@/lib/services/reconcile/tell-raised";

/** Ends a push whose items are all done: its destination is to be read back, and what changed meanwhile to be planned. */
export const finishPush = async (push: OpenPush): Promise<void> => {
  await bulkAsSystem("delivery", async (client) => {
    if (!(await endPush(client, push, "done", null))) return;
    const confirm = (await isAwaitedByPeople(client, push)) ? pushConfirmUrgent : pushConfirm;
    for (const connectorId of await findTouchedConnectors(client, push))
      await announceSql(client, confirm, { connectorId });
    await announceNext(client, push);
    await outdatePlan(client, push);
    if (push.kind === "defender" && (await hasRemoved(client, push)))
      await announceRoom(client, push.destinationId);
    await auditEnd(client, push, "push.done");
    await tellRaised(client, push);
  });
};

/** What went left room for what was cut, of whatever team. */
const hasRemoved = async (client: PoolClient, { id }: OpenPush): Promise<boolean> => {
  const { rowCount } = await client.query("SELECT FROM push WHERE id = $1 AND removed > 0", [id]);
  return Boolean(rowCount);
};

/**
 * Stops a push that cannot go on before a person does something: what was not sent waits, and `resumePush` goes on with it.
 * What was sent and never answered stays `sending`: it may stand there, so plans and connectors count it as if it did. What was refused,
 * and only waited for room, has failed.
 */
export const stopPush = async (push: OpenPush, message: string): Promise<void> => {
  await loseRefused(push);
  await endStopped(push, message);
};

/** Stops a push that failed for too long. What was refused is settled where that works: it may be what it failed by. */
export const stopHopeless = async (push: OpenPush): Promise<void> => {
  await loseRefused(push).catch((error: unknown) => {
    logger.error({ err: error, pushId: push.id }, "What a push was refused could not be settled");
  });
  await endStopped(push, HOPELESS);
};

const endStopped = async (push: OpenPush, message: string): Promise<void> => {
  await bulkAsSystem("delivery", async (client) => {
    // Receipts before the push itself (`lock-receipts.ts`).
    const open = await lockOpen(client, [push.id]);
    if (!(await endPush(client, push, "stopped", message))) return;
    await tellOpen(client, push.connectorId, open.get(push.id) ?? []);
    await announceSql(client, pushConfirm, { connectorId: push.connectorId });
    await announceNext(client, push);
    await outdatePlan(client, push);
    await auditEnd(client, push, "push.stop");
    await tellRaised(client, push);
  });
};

export type Open = {
  id: string;
  state: string;
  sentAt: Date | null;
  /** Why it was given up; null where it was not. */
  reason: string | null;
};

/** What stopped pushes leave open and whose receipts say so, by push, with these locked: of all pushes at once, in one order. */
export const lockOpen = async (
  client: PoolClient,
  pushIds: readonly string[],
): Promise<ReadonlyMap<string, Open[]>> => {
  const { rows: locked } = await client.query<{ pushId: string; id: string }>(
    `SELECT i.push_id AS "pushId", r.indicator_id AS id FROM push p JOIN push_item i ON i.push_id = p.id
     JOIN receipt r ON r.connector_id = p.connector_id AND r.indicator_id = i.indicator_id
     WHERE p.id = ANY ($1::uuid[]) AND ${IS_TOLD} ORDER BY r.connector_id, r.indicator_id FOR UPDATE OF r`,
    [pushIds],
  );
  // Only now: whoever had them may have written down what was answered.
  const { rows } = await client.query<Open & { pushId: string }>(
    `SELECT i.push_id AS "pushId", i.indicator_id AS id, i.state, i.sent_at AS "sentAt", i.reason
     FROM unnest($1::uuid[], $2::bigint[]) AS held (push_id, indicator_id)
     JOIN push_item i ON i.push_id = held.push_id AND i.indicator_id = held.indicator_id
     JOIN push p ON p.id = i.push_id WHERE ${IS_TOLD}`,
    [locked.map(({ pushId }) => pushId), locked.map(({ id }) => id)],
  );
  const byPush = new Map(pushIds.map((id) => [id, [] as Open[]]));
  for (const { pushId, ...one } of rows) byPush.get(pushId)?.push(one);
  return byPush;
};

// What waits of an ordinary push may be very many, and its page says so.
const IS_TOLD = "(i.state = 'sending' OR (p.urgent AND i.state = 'pending' AND i.operation = 'remove'))";

/** Has the receipts say of what a stopped push leaves open whether it was sent. */
export const tellOpen = async (
  client: PoolClient,
  connectorId: string,
  open: readonly Open[],
): Promise<void> => {
  await client.query(
    `UPDATE receipt r SET reason = coalesce(open.reason, CASE open.state WHEN 'sending' THEN $3 ELSE $4 END),
       state = CASE WHEN open.reason IS NULL THEN r.state ELSE 'failed' END, sent_at = coalesce(open.sent_at, r.sent_at)
     FROM unnest($2::bigint[], $5::text[], $6::timestamptz[], $7::text[]) AS open (id, state, sent_at, reason)
     WHERE r.connector_id = $1 AND r.indicator_id = open.id`,
    [
      ...[connectorId, open.map(({ id }) => id), UNANSWERED, NOT_SENT],
      ...[open.map(({ state }) => state), open.map(({ sentAt }) => sentAt)],
      open.map(({ reason }) => reason),
    ],
  );
};

const NOT_SENT = "Its removal was not sent: the push was stopped. Resume the push or make a new plan.";
const UNANSWERED =
  "It was sent, but the answer never came: it may stand there or not. Resume the push or make a new plan to settle it.";

/** Says on screen what a push waits for or stumbled over; the next batch takes it away. */
export const notePush = async ({ id, leaseOwner }: OpenPush, message: string): Promise<void> => {
  await bulkAsSystem("delivery", (client) =>
    client.query("UPDATE push SET message = $3 WHERE id = $1 AND lease_owner = $2", [
      id,
      leaseOwner,
      message,
    ]),
  );
};

/** How many items are still to be sent, and how many were given up (`giveUp`). */
export const countOpenItems = async ({ id }: OpenPush): Promise<{ open: number; givenUp: number }> =>
  bulkAsSystem("delivery", async (client) => {
    const { rows } = await client.query<{ open: number; givenUp: number }>(
      `SELECT count(*) FILTER (WHERE state = 'pending' OR reason IS NULL)::int AS open,
         count(*) FILTER (WHERE state = 'sending' AND reason IS NOT NULL)::int AS "givenUp"
       FROM push_item WHERE push_id = $1 AND state IN ('pending', 'sending')`,
      [id],
    );
    return rows[0] ?? { open: 0, givenUp: 0 };
  });

/** Why a push stops that has only such items left: another plan decides about them, or a person has them tried once more. */
export const describeGivenUp = (count: number): string =>
  count === 1
    ? `All else is done. 1 record was sent again and again, also alone, and never answered while others were; its receipt says what came back. ${WAY_ON}`
    : `All else is done. ${count.toLocaleString("en")} records were sent again and again, also alone, and never answered while others were; their receipts say what came back. ${WAY_ON}`;

const WAY_ON = "Resume the push or make a new plan to try again.";

/** Whether something of one operation is still to be sent. */
export const hasOpenItems = ({ id }: OpenPush, operation: string): Promise<boolean> =>
  bulkAsSystem("delivery", async (client) => {
    const { rowCount } = await client.query(
      "SELECT FROM push_item WHERE push_id = $1 AND operation = $2 AND state IN ('pending', 'sending') LIMIT 1",
      [id, operation],
    );
    return rowCount === 1;
  });

const endPush = async (
  client: PoolClient,
  push: OpenPush,
  state: "done" | "stopped",
  message: string | null,
): Promise<boolean> => {
  await giveDestinationBack(client, push);
  const { rowCount } = await client.query(
    `UPDATE push SET state = $3, message = $4, finished_at = now(), lease_owner = NULL, lease_until = NULL,
       failures = 0, waiting_since = NULL, failing_since = NULL
     WHERE id = $1 AND lease_owner = $2 AND state = 'running'`,
    [push.id, push.leaseOwner, state, message],
  );
  return rowCount === 1;
};

/** This connector, and those whose records were written along or made anew. */
const findTouchedConnectors = async (client: PoolClient, push: OpenPush): Promise<string[]> => {
  // Mostly nobody else has anything there, which one look says.
  const beside = await client.query(
    `SELECT FROM connector c WHERE c.destination_id = $1 AND c.id <> $2
       AND EXISTS (SELECT FROM claim other WHERE other.connector_id = c.id) LIMIT 1`,
    [push.destinationId, push.connectorId],
  );
  if (!beside.rowCount) return [push.connectorId];
  const { rows } = await client.query<{ id: string }>(
    `SELECT DISTINCT other.connector_id AS id
     FROM push_item i
     JOIN remote_record r ON r.destination_id = $2 AND r.indicator_id = i.indicator_id
     JOIN claim other ON other.record_id = r.id
     WHERE i.push_id = $1 AND other.connector_id <> $3`,
    [push.id, push.destinationId, push.connectorId],
  );
  return [push.connectorId, ...rows.map(({ id }) => id)];
};

/** Somebody looks on as a recall or a withdrawal is confirmed. What was added is not read back ahead of everything. */
const isAwaitedByPeople = async (client: PoolClient, { id, isUrgent }: OpenPush): Promise<boolean> => {
  if (!isUrgent) return false;
  const { rowCount } = await client.query(
    "SELECT FROM push_item WHERE push_id = $1 AND operation = 'remove' LIMIT 1",
    [id],
  );
  return rowCount === 1;
};

/** What a person saved while this push was open, and what the team changed. */
const announceNext = async (client: PoolClient, push: OpenPush): Promise<void> => {
  const { connectorId } = push;
  if (push.isUrgent && (await hasSaved(client, connectorId)))
    await announceSql(client, connectorPlanUrgent, { connectorId });
  else if (await hasNews(client, push)) await announceSql(client, connectorPlan, { connectorId });
};

const hasSaved = async (client: PoolClient, connectorId: string): Promise<boolean> => {
  const { rowCount } = await client.query("SELECT FROM urgent_item WHERE connector_id = $1 LIMIT 1", [
    connectorId,
  ]);
  return rowCount === 1;
};

// An automatic connector could not plan while this push was open. Only news of the team, or another policy, counts: what a
// destination refused, or a push that stops again and again, would be planned for ever.
const hasNews = async (client: PoolClient, push: OpenPush): Promise<boolean> => {
  const { rowCount } = await client.query(
    `SELECT FROM push u JOIN plan p ON p.id = u.plan_id JOIN connector c ON c.id = p.connector_id JOIN team t ON t.id = p.team_id
     WHERE u.id = $1 AND c.mode = 'automatic' AND c.enabled AND c.deleted_at IS NULL
       AND (u.outdated OR t.change_count > p.changes_seen)`,
    [push.id],
  );
  return rowCount === 1;
};

const auditEnd = async (client: PoolClient, push: OpenPush, action: string): Promise<void> => {
  const { rows } = await client.query<Record<string, number | string | null>>(
    `SELECT planned, accepted, removed, failed, skipped, message FROM push WHERE id = $1`,
    [push.id],
  );
  const { teamId, connectorId } = push;
  const subject = { type: "push", id: push.id };
  const detail = { connectorId, ...rows[0] };
  await recordAuditSql(client, { teamId, doer: SYSTEM, action, subject, detail });
};
