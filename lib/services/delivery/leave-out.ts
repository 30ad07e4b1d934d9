import "server-only";

import { randomUUID } from "node:crypto";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { bulkAsSystem } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";
import { describeLeftOut, describeOneLeftOut, type Leftovers } from "@/lib/domain/delivery/leftovers";
import { AppError } from "@/lib/domain/errors";
import { isCutCode } from "@/lib/domain/selection/budget";
import { readShare } from "@/lib/domain/selection/stored-share";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { pushDeliverUrgent } from "@/lib/jobs/push-deliver-urgent.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { leftOutHash } from "@/lib/services/planning/left-out";

import { lockOpen, stopPush } from "./finish-push";
import { readLeftovers } from "./leftovers";
import { saidBefore } from "./outage";
import { claimPush } from "./push-lease";

type Options = { pushId: string; teamId: string; doer: Doer };

/**
 * Ends a push that waits without what may be why it does (`readLeftovers`): that stays unanswered, its receipts say so, and plans leave it
 * out as well before it changes or somebody asks for it. Gives whether the push has ended: a worker that was quicker still has to.
 * Throws `conflict` where nothing tells that from an outage.
 */
export const leaveOut = async (options: Options): Promise<{ isEnded: boolean }> => {
  const { pushId } = options;
  const leftOut = await bulkAsSystem("delivery", (client) => markLeftOut(client, options));
  // A worker that was quicker ends it as well: nothing else is left of it.
  const push = await claimPush(pushId, randomUUID());
  if (push) await stopPush(push, describeLeftOut(leftOut));
  await relayOutbox();
  return { isEnded: push !== null };
};

type Waiting = { connectorId: string; destinationId: string; isUrgent: boolean; message: string | null };

type Counts = Pick<Leftovers, "count" | "forRoom">;

const markLeftOut = async (client: PoolClient, { pushId, teamId, doer }: Options): Promise<Counts> => {
  const push = await readWaiting(client, pushId, teamId);
  const { connectorId, destinationId, isUrgent, message } = push;
  const leftovers = await readLeftovers(client, pushId);
  if (leftovers === null) throw conflict(MAY_BE_OUTAGE);
  // Receipts before items, and these before the push (`lock-receipts.ts`).
  const open = (await lockOpen(client, [pushId])).get(pushId) ?? [];
  const ids = open.flatMap(({ id, state, reason }) => (state === "sending" && reason === null ? [id] : []));
  await rememberLeftOut(client, { pushId, connectorId, destinationId, ids });
  const said = saidBefore(message ?? "");
  await client.query(
    `UPDATE push_item i SET reason = CASE i.operation WHEN 'add' THEN $3 WHEN 'change' THEN $4 ELSE $5 END FROM (
       SELECT indicator_id FROM push_item
       WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[]) AND state = 'sending' ORDER BY indicator_id FOR UPDATE
     ) left_out WHERE i.push_id = $1 AND i.indicator_id = left_out.indicator_id`,
    [
      ...[pushId, ids, describeOneLeftOut("add", said)],
      ...[describeOneLeftOut("change", said), describeOneLeftOut("remove", said)],
    ],
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
  return { count: ids.length, forRoom: leftovers.forRoom };
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

type Row = {
  id: string;
  operation: string;
  code: string;
  action: string | null;
  severity: string | null;
  expiresAt: Date | null;
  content: unknown;
  claimHash: string | null;
  standingUntil: Date | null;
};

/** What would be sent unchanged is kept in by plans; but what is to make room is chosen anew by each. */
const rememberLeftOut = async (
  client: PoolClient,
  { pushId, connectorId, destinationId, ids }: LeftOut,
): Promise<void> => {
  const { rows } = await client.query<Row>(
    `SELECT p.indicator_id AS id, p.operation, p.code, p.action, p.severity, p.expires_at AS "expiresAt", p.content,
       encode(c.content_hash, 'hex') AS "claimHash", c.expires_at AS "standingUntil"
     FROM push JOIN plan_item p ON p.plan_id = push.plan_id
     LEFT JOIN claim c ON c.connector_id = $3 AND c.indicator_id = p.indicator_id
     WHERE push.id = $1 AND p.indicator_id = ANY ($2::bigint[])`,
    [pushId, ids, connectorId],
  );
  const now = await readClock(client);
  const kept = rows.filter(({ code }) => !isCutCode(code));
  const hashes = kept.map(({ code, operation, claimHash, standingUntil, ...row }) => {
    const standing = { hash: claimHash, until: standingUntil };
    const sending = operation === "remove" ? { code } : { share: readShare(row) };
    return `\\x${leftOutHash(sending, { destinationId, standing, now })}`;
  });
  await client.query(
    `UPDATE receipt r SET refused_hash = left_out.hash::bytea FROM unnest($2::bigint[], $3::text[]) AS left_out (id, hash)
     WHERE r.connector_id = $1 AND r.indicator_id = left_out.id`,
    [connectorId, kept.map(({ id }) => id), hashes],
  );
};

const MAY_BE_OUTAGE =
  "Nothing tells what is left of this push from an outage: it waits for its destination and goes on by itself.";
const BEING_TRIED = "It is being tried at this moment. Look again in a minute.";

const conflict = (message: string): AppError => new AppError("conflict", message);
