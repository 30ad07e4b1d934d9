import "server-only";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import type { Tx } from "@/lib/db/client";
import { STOP_KEY } from "@/lib/db/queries/waiting-pushes";
import { asSystem, asTeam, bulkAsSystem, bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { pushDeliverUrgent } from "@/lib/jobs/push-deliver-urgent.job";
import { recordAudit, recordAuditSql } from "@/lib/services/audit/record-audit";
import { noConnector } from "@/lib/services/connectors/get-connector";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { requireAdministrator } from "@/lib/services/people/privilege";

import { readStopOfAll, type Stop } from "./delivery-stop";
import { stopOutdated } from "./stop-outdated";

type Connector = { id: string; teamId: string };

/**
 * Switches off all sending of a connector: what has not left stays, recalls and withdrawals too, until it is switched on again.
 * Plans are made as before. Throws `conflict` where it is off already.
 */
export const stopConnector = async (actor: Actor, connector: Connector, reason: string): Promise<void> => {
  const { id, teamId } = connector;
  const now = new Date();
  await asTeam(teamId, async (tx) => {
    await assertKnown(tx, connector);
    const data = { connectorId: id, teamId, at: now, by: actor.name, reason };
    // The row of the connector itself is held for as long as a plan of it is applied: nothing here may wait for that.
    const { count } = await tx.connectorStop.createMany({ data, skipDuplicates: true });
    if (count === 0) throw new AppError("conflict", "Sending is switched off for this connector already.");
    const subject = { type: "connector", id };
    const entry = { teamId, doer: asDoer(actor), action: "connector.stop", subject, detail: { reason } };
    await recordAudit(tx, entry, now);
  });
};

/** One that the team does not have is unknown to it, whichever way another's is switched. */
const assertKnown = async (tx: Tx, { id, teamId }: Connector): Promise<void> => {
  if ((await tx.connector.count({ where: { id, teamId, deletedAt: null } })) === 0) throw noConnector();
};

/**
 * Lets a connector send again: pushes that waited go on at once, but for what was planned under another policy than it has now,
 * which is stopped. Gives how many that were.
 */
export const startConnector = async (
  actor: Actor,
  { id: connectorId, teamId }: Connector,
): Promise<{ stopped: number }> => {
  const doer = asDoer(actor);
  const stopped = await bulkAsTeam(teamId, async (client) => {
    const now = await readClock(client);
    const { rowCount: known } = await client.query(
      "SELECT FROM connector WHERE id = $1 AND team_id = $2 AND deleted_at IS NULL",
      [connectorId, teamId],
    );
    if (!known) throw noConnector();
    const { rowCount } = await client.query(
      "DELETE FROM connector_stop WHERE connector_id = $1 AND team_id = $2",
      [connectorId, teamId],
    );
    if (!rowCount) throw new AppError("conflict", "Sending is not switched off for this connector.");
    const outdated = await stopOutdated(client, { connectors: [{ connectorId, teamId }], doer, now });
    await wakePushes(client, connectorId);
    const subject = { type: "connector", id: connectorId };
    await recordAuditSql(client, { teamId, doer, action: "connector.start", subject }, now);
    return outdated;
  });
  await relayOutbox();
  return { stopped };
};

/** Switches off all sending of the installation, for every team, within the second. An administrator's. */
export const stopAll = async (actor: Actor, reason: string): Promise<Stop> => {
  requireAdministrator(actor, "admin.system");
  const now = new Date();
  return asSystem("administration", async (tx) => {
    if (await readStopOfAll(tx)) throw new AppError("conflict", "All sending is switched off already.");
    const stop = { at: now, by: actor.name, reason };
    const value = { ...stop, at: now.toISOString() };
    await tx.setting.create({ data: { key: STOP_KEY, value }, select: { key: true } });
    const subject = { type: "system", id: STOP_KEY };
    const entry = { teamId: null, doer: asDoer(actor), action: "delivery.stop", subject, detail: { reason } };
    await recordAudit(tx, entry, now);
    return stop;
  });
};

/** Lets the installation send again, each connector as `startConnector` does. Gives how many pushes were stopped. */
export const startAll = async (actor: Actor): Promise<{ stopped: number }> => {
  requireAdministrator(actor, "admin.system");
  const doer = asDoer(actor);
  const stopped = await bulkAsSystem("administration", async (client) => {
    const now = await readClock(client);
    const { rowCount } = await client.query("DELETE FROM setting WHERE key = $1", [STOP_KEY]);
    if (!rowCount) throw new AppError("conflict", "Sending is not switched off.");
    const outdated = await stopOutdated(client, { connectors: await readSending(client), doer, now });
    await wakePushes(client, null);
    const subject = { type: "system", id: STOP_KEY };
    await recordAuditSql(client, { teamId: null, doer, action: "delivery.start", subject }, now);
    return outdated;
  });
  await relayOutbox();
  return { stopped };
};

/** Connectors of which something is on its way. */
const readSending = async (client: PoolClient): Promise<{ connectorId: string; teamId: string }[]> => {
  const { rows } = await client.query<{ connectorId: string; teamId: string }>(
    `SELECT DISTINCT connector_id AS "connectorId", team_id AS "teamId" FROM push
     WHERE state IN ('queued', 'running') ORDER BY connector_id`,
  );
  return rows;
};

/** Announces what waits to be looked at again, of one connector or of all (null). */
const wakePushes = async (client: PoolClient, connectorId: string | null): Promise<void> => {
  // What is urgent goes first for a while from when it was queued (`isUrgentOpen`), and could not use that.
  await client.query(
    `UPDATE push SET queued_at = now() WHERE urgent AND state IN ('queued', 'running')
       AND ($1::uuid IS NULL OR connector_id = $1)`,
    [connectorId],
  );
  const { rows } = await client.query<{ id: string; urgent: boolean }>(
    `UPDATE push SET wake_at = NULL, announced_at = now()
     WHERE state = 'running' AND wake_at IS NOT NULL AND ($1::uuid IS NULL OR connector_id = $1)
     RETURNING id, urgent`,
    [connectorId],
  );
  for (const { id, urgent } of rows)
    await announceSql(client, urgent ? pushDeliverUrgent : pushDeliver, { pushId: id });
};
