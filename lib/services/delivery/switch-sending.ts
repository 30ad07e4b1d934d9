import "server-only";

import type { Tx } from "@/lib/db/client";
import { asSystem, asTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { pushDeliver } from "@/lib/jobs/push-deliver.job";
import { pushDeliverUrgent } from "@/lib/jobs/push-deliver-urgent.job";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { noConnector } from "@/lib/services/connectors/get-connector";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { requireAdministrator } from "@/lib/services/people/privilege";

import { readStopOfAll, STOP_KEY, type Stop } from "./delivery-stop";

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

/** Lets a connector send again: pushes that waited go on at once. */
export const startConnector = async (actor: Actor, { id, teamId }: Connector): Promise<void> => {
  const now = new Date();
  await asTeam(teamId, async (tx) => {
    await assertKnown(tx, { id, teamId });
    const { count } = await tx.connectorStop.deleteMany({ where: { connectorId: id, teamId } });
    if (count === 0) throw new AppError("conflict", "Sending is not switched off for this connector.");
    await wakePushes(tx, id);
    const subject = { type: "connector", id };
    await recordAudit(tx, { teamId, doer: asDoer(actor), action: "connector.start", subject }, now);
  });
  await relayOutbox();
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

/** Lets the installation send again: pushes that waited go on at once. */
export const startAll = async (actor: Actor): Promise<void> => {
  requireAdministrator(actor, "admin.system");
  await asSystem("administration", async (tx) => {
    const { count } = await tx.setting.deleteMany({ where: { key: STOP_KEY } });
    if (count === 0) throw new AppError("conflict", "Sending is not switched off.");
    await wakePushes(tx, null);
    const subject = { type: "system", id: STOP_KEY };
    await recordAudit(tx, { teamId: null, doer: asDoer(actor), action: "delivery.start", subject });
  });
  await relayOutbox();
};

/** Announces what waits to be looked at again, of one connector or of all (null). */
const wakePushes = async (tx: Tx, connectorId: string | null): Promise<void> => {
  // What is urgent goes first for a while from when it was queued (`isUrgentOpen`), and could not use that.
  await tx.$executeRaw`
    UPDATE push SET queued_at = now() WHERE urgent AND state IN ('queued', 'running')
      AND (${connectorId}::uuid IS NULL OR connector_id = ${connectorId}::uuid)`;
  const pushes = await tx.$queryRaw<{ id: string; urgent: boolean }[]>`
    UPDATE push SET wake_at = NULL, announced_at = now()
    WHERE state = 'running' AND wake_at IS NOT NULL
      AND (${connectorId}::uuid IS NULL OR connector_id = ${connectorId}::uuid)
    RETURNING id, urgent`;
  for (const { id, urgent } of pushes)
    await announce(tx, urgent ? pushDeliverUrgent : pushDeliver, { pushId: id });
};
