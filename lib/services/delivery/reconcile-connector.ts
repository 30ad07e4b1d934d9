import "server-only";

import { setTimeout as sleep } from "node:timers/promises";

import type { PoolClient } from "pg";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { bulkAsSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { describeDrift, DRIFT_REASONS } from "@/lib/domain/delivery/drift";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { announcePlansSql } from "./announce-plans";
import { createApplications, type Application } from "./applications";
import {
  markDrift,
  orphanAll,
  readExpected,
  reviveOrphans,
  type Drift,
  type ExpectedRecord,
} from "./expected-records";
import { findStrangers } from "./find-strangers";
import { toShown } from "./read-back";
import { readDestination } from "./read-destination";

type Options = { signal: AbortSignal; open?: OpenDestination };

export type Reconciliation =
  | { status: "compared"; standing: number; removed: number; changed: number }
  /** Something is being sent there, so that what stands proves nothing; or there is nothing to compare. */
  | { status: "left"; reason: string }
  | { status: "failed"; problem: string };

/**
 * Compares what a Defender connector's application made with what stands there. What is missing or was changed is written down,
 * so that the next plan adds it again or changes it back; automatic connectors plan at once. Sends nothing, and looks only at
 * records that the application made by itself. Safe to call at any time, twice, or for any connector.
 */
export const reconcileConnector = async (
  connectorId: string,
  { signal, open }: Options,
): Promise<Reconciliation> => {
  const begun = await bulkAsSystem("delivery", (client) => begin(client, connectorId));
  if ("left" in begun) return { status: "left", reason: begun.left };
  const applications = createApplications(() => undefined, open);
  const { shown, failure } = await readDestination(connectorId, applications, signal);
  if (failure || !shown) {
    const problem = failure?.message ?? "Defender could not be read.";
    await bulkAsSystem("delivery", async (client) => {
      await client.query("UPDATE connector SET reconcile_problem = $2 WHERE id = $1", [connectorId, problem]);
      if (failure?.retry === "never") await orphanAll(client, connectorId);
    });
    return { status: "failed", problem };
  }
  const drifts = compare(begun.expected, shown);
  const missing = drifts.filter(({ kind }) => kind === "removed");
  const stillMissing =
    missing.length === 0
      ? missing
      : await lookAgain(await applications(connectorId), begun.expected, missing, signal);
  const found = [...drifts.filter(({ kind }) => kind === "changed"), ...stillMissing];
  const isKept = await bulkAsSystem("delivery", (client) =>
    conclude(client, { ...begun, connectorId, shown, drifts: found }),
  );
  if (!isKept) return { status: "left", reason: SENT_MEANWHILE };
  await relayOutbox();
  const removed = stillMissing.length;
  const changed = found.length - removed;
  return { status: "compared", standing: begun.expected.length - found.length, removed, changed };
};

const SENT_MEANWHILE = "Something was sent there while it was read.";
const SECOND_LOOK_MS = 1_000;

type Begun = { destinationId: string; startedAt: Date; expected: ExpectedRecord[] };

const begin = async (client: PoolClient, connectorId: string): Promise<Begun | { left: string }> => {
  const { rows } = await client.query<{ destinationId: string; clientId: string; startedAt: Date }>(
    `SELECT destination_id AS "destinationId", client_id AS "clientId", clock_timestamp() AS "startedAt" FROM connector
     WHERE id = $1 AND kind = 'defender' AND enabled AND deleted_at IS NULL`,
    [connectorId],
  );
  const [row] = rows;
  if (!row) return { left: "There is nothing to compare." };
  if (!(await isQuiet(client, row))) return { left: SENT_MEANWHILE };
  await client.query("UPDATE connector SET reconcile_tried_at = $2 WHERE id = $1", [
    connectorId,
    row.startedAt,
  ]);
  return { ...row, expected: await readExpected(client, { connectorId, clientId: row.clientId }) };
};

/** Whether nothing was sent to the destination since then. */
const isQuiet = async (
  client: PoolClient,
  { destinationId, startedAt }: Pick<Begun, "destinationId" | "startedAt">,
): Promise<boolean> => {
  const { rowCount } = await client.query(
    `SELECT FROM push p JOIN connector c ON c.id = p.connector_id
     WHERE c.destination_id = $1 AND (p.state = 'running' OR p.finished_at >= $2) LIMIT 1`,
    [destinationId, startedAt],
  );
  return rowCount === 0;
};

const compare = (expected: readonly ExpectedRecord[], shown: ReadonlyMap<string, RemoteRecord>): Drift[] =>
  expected.flatMap((record): Drift[] => {
    const { recordId, isConfirmed, isChanged } = record;
    const listed = shown.get(record.remoteId);
    if (!listed) {
      const reason = isConfirmed || isChanged ? DRIFT_REASONS.removed : DRIFT_REASONS.neverShown;
      return [{ kind: "removed", recordId, reason }];
    }
    // What never was seen as sent cannot have been changed since; sending it again and again would change nothing either.
    if (isChanged || !isConfirmed) return [];
    const differences = describeDrift(record, toShown(listed));
    if (differences.length === 0) return [];
    const { action, severity, expiresAt } = listed;
    return [
      { kind: "changed", recordId, reason: DRIFT_REASONS.changed(differences), action, severity, expiresAt },
    ];
  });

/** Those of the missing that are missing in a second list too: one odd answer must not look like a purge. */
const lookAgain = async (
  { destination, pacer }: Application,
  expected: readonly ExpectedRecord[],
  missing: readonly Drift[],
  signal: AbortSignal,
): Promise<Drift[]> => {
  await sleep(SECOND_LOOK_MS, undefined, { signal });
  const there = new Set<string>();
  for await (const page of destination.list(signal)) for (const { remoteId } of page) there.add(remoteId);
  await pacer.settle();
  const found = new Set(
    expected.flatMap(({ recordId, remoteId }) => (there.has(remoteId) ? [recordId] : [])),
  );
  return missing.filter(({ recordId }) => !found.has(recordId));
};

type Conclusion = Begun & {
  connectorId: string;
  shown: ReadonlyMap<string, RemoteRecord>;
  drifts: readonly Drift[];
};

/** Keeps what was found, unless something was sent meanwhile: then it is false when nothing was kept. */
const conclude = async (client: PoolClient, options: Conclusion): Promise<boolean> => {
  const { connectorId, destinationId, expected, shown, drifts } = options;
  // Nobody takes the destination for a batch before this ends.
  await client.query("SELECT FROM destination WHERE id = $1 FOR UPDATE", [destinationId]);
  if (!(await isQuiet(client, options))) {
    // It is due again at once.
    await client.query("UPDATE connector SET reconcile_tried_at = reconciled_at WHERE id = $1", [
      connectorId,
    ]);
    return false;
  }
  const now = new Date();
  await reviveOrphans(
    client,
    expected.flatMap(({ recordId, remoteId, isOrphaned }) =>
      isOrphaned && shown.has(remoteId) ? [recordId] : [],
    ),
  );
  const touched = await markDrift(client, drifts, now);
  const strangers = await findStrangers(client, destinationId, shown);
  await client.query(
    "UPDATE connector SET reconciled_at = $2, reconcile_problem = NULL, strangers = $3 WHERE id = $1",
    [connectorId, now, JSON.stringify(strangers)],
  );
  await announceAutomatic(client, [connectorId, ...touched.map((one) => one.connectorId)]);
  for (const { connectorId: id, teamId, ...detail } of touched) {
    const subject = { type: "connector", id };
    await recordAuditSql(client, { teamId, doer: SYSTEM, action: "connector.drift", subject, detail }, now);
  }
  return true;
};

/** Has those of the connectors plan that do so by themselves and have drift to put right, also what an earlier plan could not. */
const announceAutomatic = async (client: PoolClient, connectorIds: readonly string[]): Promise<void> => {
  const { rows } = await client.query<{ teamId: string }>(
    `SELECT DISTINCT team_id AS "teamId" FROM connector c
     WHERE id = ANY ($1::uuid[]) AND mode = 'automatic' AND enabled AND deleted_at IS NULL
       AND EXISTS (SELECT FROM receipt r WHERE r.connector_id = c.id AND r.drift IS NOT NULL)
     ORDER BY 1`,
    [connectorIds],
  );
  // Counted as a change, so that the end of a push that is under way comes back to it.
  for (const { teamId } of rows) await announcePlansSql(client, teamId);
};
