import "server-only";

import { randomUUID } from "node:crypto";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { bulkAsSystem } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import { describeLeftOut, describeOneLeftOut } from "@/lib/domain/delivery/leftovers";
import { AppError } from "@/lib/domain/errors";
import { readShare } from "@/lib/domain/selection/stored-share";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { pushDeliverUrgent } from "@/lib/jobs/push-deliver-urgent.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { refusedHash } from "@/lib/services/planning/refused-hash";

import { lockOpen, stopPush } from "./finish-push";
import { readLeftovers } from "./leftovers";
import { saidBefore } from "./outage";
import { claimPush } from "./push-lease";

type Options = { pushId: string; teamId: string; doer: Doer };

/**
 * Ends a push that waits without what may be why it does (`readLeftovers`): that stays unanswered, its receipts say so, and plans add
 * nothing of it before it changes or somebody asks for it. Throws `conflict` where nothing tells that from an outage.
 */
export const leaveOut = async (options: Options): Promise<void> => {
  const { pushId } = options;
  const count = await bulkAsSystem("delivery", (client) => markLeftOut(client, options));
  // A worker that was quicker ends it as well: nothing else is left of it.
  const push = await claimPush(pushId, randomUUID());
  if (push) await stopPush(push, describeLeftOut(count));
  await relayOutbox();
};

type Waiting = { connectorId: string; destinationId: string; isUrgent: boolean; message: string | null };

const markLeftOut = async (client: PoolClient, { pushId, teamId, doer }: Options): Promise<number> => {
  const push = await readWaiting(client, pushId, teamId);
  const { connectorId, destinationId, isUrgent, message } = push;
  const leftovers = await readLeftovers(client, pushId);
  if (leftovers === null) throw conflict(MAY_BE_OUTAGE);
  // Receipts before items, and these before the push (`lock-receipts.ts`).
  const open = (await lockOpen(client, [pushId])).get(pushId) ?? [];
  const ids = open.flatMap(({ id, state, reason }) => (state === "sending" && reason === null ? [id] : []));
  await rememberRefused(client, { pushId, connectorId, destinationId, ids });
  await client.query(
    `UPDATE push_item i SET reason = $3 FROM (
       SELECT indicator_id FROM push_item
       WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[]) AND state = 'sending' ORDER BY indicator_id FOR UPDATE
     ) left_out WHERE i.push_id = $1 AND i.indicator_id = left_out.indicator_id`,
    [pushId, ids, describeOneLeftOut(saidBefore(message ?? ""))],
  );
  const { rowCount } = await client.query(
    `UPDATE push SET wake_at = NULL, announced_at = now()
     WHERE id = $1 AND state = 'running' AND waiting_since IS NOT NULL AND lease_owner IS NULL`,
    [pushId],
  );
  if (!rowCount) throw conflict(BEING_TRIED);
  const subject = { type: "push", id: pushId };
  const detail = { connectorId, count: ids.length };
  const entry = { teamId, doer, action: "push.leave-out", subject, detail };
  await recordAuditSql(client, entry, await readClock(client));
  await announceSql(client, isUrgent ? pushDeliverUrgent : pushDeliver, { pushId });
  return ids.length;
};

const readWaiting = async (client: PoolClient, pushId: string, teamId: string): Promise<Waiting> => {
  const { rows } = await client.query<Waiting>(
    `SELECT p.connector_id AS "connectorId", c.destination_id AS "destinationId", p.urgent AS "isUrgent", p.message
     FROM push p JOIN connector c ON c.id = p.connector_id WHERE p.id = $1 AND p.team_id = $2`,
    [pushId, teamId],
  );
  const [push] = rows;
  if (!push) throw new AppError("not_found", "There is no such push.");
  return push;
};

type LeftOut = { pushId: string; connectorId: string; destinationId: string; ids: readonly string[] };

/** What would be added unchanged is kept in by plans, as what was refused for good is. */
const rememberRefused = async (
  client: PoolClient,
  { pushId, connectorId, destinationId, ids }: LeftOut,
): Promise<void> => {
  const { rows } = await client.query<{
    id: string;
    action: string | null;
    severity: string | null;
    expiresAt: Date | null;
    content: unknown;
  }>(
    `SELECT p.indicator_id AS id, p.action, p.severity, p.expires_at AS "expiresAt", p.content
     FROM push JOIN plan_item p ON p.plan_id = push.plan_id
     WHERE push.id = $1 AND p.indicator_id = ANY ($2::bigint[]) AND p.operation <> 'remove'`,
    [pushId, ids],
  );
  const hashes = rows.map((row) => `\\x${refusedHash(destinationId, readShare(row))}`);
  await client.query(
    `UPDATE receipt r SET refused_hash = left_out.hash::bytea FROM unnest($2::bigint[], $3::text[]) AS left_out (id, hash)
     WHERE r.connector_id = $1 AND r.indicator_id = left_out.id`,
    [connectorId, rows.map(({ id }) => id), hashes],
  );
};

const MAY_BE_OUTAGE =
  "Nothing tells what is left of this push from an outage: it waits for its destination and goes on by itself.";
const BEING_TRIED = "It is being tried at this moment. Look again in a minute.";

const conflict = (message: string): AppError => new AppError("conflict", message);
