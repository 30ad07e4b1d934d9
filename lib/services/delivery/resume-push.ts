import "server-only";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { bulkAsTeam } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { pushDeliverUrgent } from "@/lib/jobs/push-deliver-urgent.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { findOutdated } from "./stop-outdated";
import { findObstacle, PLAN_ANEW, POLICY_CHANGED, readStoppedPush, type StoppedPush } from "./stopped-push";
import { countStaleItems } from "@/lib/services/planning/check-plan";
import {
  readIsWithdrawal,
  readPlanningConnector,
  type PlanningConnector,
} from "@/lib/services/planning/planning-connector";

type Options = { pushId: string; teamId: string; doer: Doer };

/**
 * Goes on with a stopped push: what was answered stays, what is open is sent. One that waits for its destination tries at once. Throws
 * `conflict` when it is neither, or what it still has to send is no longer what a plan made now would send.
 */
export const resumePush = async ({ pushId, teamId, doer }: Options): Promise<void> => {
  await bulkAsTeam(teamId, async (client) => {
    const { connectorId } = await readStoppedPush(client, pushId, teamId);
    const connector = await readPlanningConnector(client, { connectorId, teamId, isLocked: true });
    // Read once the connector is held: until this ends, no plan of it can be applied.
    const push = await readStoppedPush(client, pushId, teamId);
    if (push.isWaiting) await tryNow(client, push, teamId);
    else await queueAnew(client, push, connector);
    const subject = { type: "push", id: pushId };
    const entry = { teamId, doer, action: "push.resume", subject, detail: { connectorId } };
    await recordAuditSql(client, entry, await readClock(client));
    await announceSql(client, push.isUrgent ? pushDeliverUrgent : pushDeliver, { pushId });
  });
  await relayOutbox();
};

const tryNow = async (
  client: PoolClient,
  { id, connectorId }: StoppedPush,
  teamId: string,
): Promise<void> => {
  const outdated = await findOutdated(client, { connectorId, teamId });
  if (outdated.some((push) => push.id === id)) throw conflict(POLICY_CHANGED.message);
  await client.query("UPDATE push SET wake_at = NULL, announced_at = now() WHERE id = $1", [id]);
};

const queueAnew = async (
  client: PoolClient,
  push: StoppedPush,
  connector: PlanningConnector,
): Promise<void> => {
  if (push.state !== "stopped") throw conflict("Only a stopped push can be resumed.");
  const obstacle = findObstacle({ push, connector });
  if (obstacle) throw conflict(obstacle.message);
  await askForLeftOut(client, push);
  const isWithdrawal = readIsWithdrawal(connector, push.policyHash) ?? false;
  const { id, planId, plannedAt, isUrgent } = push;
  const count = await countStaleItems(client, {
    ...{ planId, openIn: id, connector, isWithdrawal, isUrgent, plannedAt },
  });
  if (count > 0) {
    const what = count === 1 ? "1 item" : `${count.toLocaleString("en")} items`;
    throw conflict(`${what} that this push still has to send changed since it was planned. ${PLAN_ANEW}`);
  }
  // What was given up is tried once more.
  await client.query(
    `UPDATE push_item i SET reason = NULL FROM (
       SELECT indicator_id FROM push_item WHERE push_id = $1 AND state = 'sending' AND reason IS NOT NULL
       ORDER BY indicator_id FOR UPDATE
     ) given_up WHERE i.push_id = $1 AND i.indicator_id = given_up.indicator_id`,
    [id],
  );
  await client.query(
    `UPDATE push SET state = 'queued', message = NULL, finished_at = NULL, queued_at = $2, failures = 0, waiting_since = NULL,
       outdated = false
     WHERE id = $1`,
    [id, await readClock(client)],
  );
};

/** What a person left out of it is wanted again, as far as nothing else keeps it in. */
const askForLeftOut = async (client: PoolClient, { id, connectorId }: StoppedPush): Promise<void> => {
  await client.query(
    `UPDATE receipt r SET refused_hash = NULL FROM (
       SELECT w.indicator_id FROM push_item i JOIN receipt w ON w.connector_id = $2 AND w.indicator_id = i.indicator_id
       WHERE i.push_id = $1 AND i.state = 'sending' AND i.reason IS NOT NULL AND w.refused_hash IS NOT NULL
       ORDER BY w.indicator_id FOR UPDATE OF w
     ) left_out WHERE r.connector_id = $2 AND r.indicator_id = left_out.indicator_id`,
    [id, connectorId],
  );
};

const conflict = (message: string): AppError => new AppError("conflict", message);
