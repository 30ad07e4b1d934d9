import "server-only";

import { setTimeout as sleep } from "node:timers/promises";

import type { PoolClient } from "pg";

import { isDenied } from "@/lib/connectors/vendor-failure";
import { readClock } from "@/lib/db/clock";
import { IS_READABLE } from "@/lib/db/queries/is-readable";
import { isSending } from "@/lib/db/queries/is-sending";
import { bulkAsSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { connectorRefresh } from "@/lib/jobs/connector-refresh.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { createReaders, type Application } from "@/lib/services/delivery/applications";
import { openComparison, toRemoved, type Comparison } from "./compare-records";
import {
  isGone,
  markDrift,
  orphanAll,
  reviveOrphans,
  type Compared,
  type Drift,
  type ExpectedRecord,
} from "./expected-records";
import { writeStrangers } from "./find-strangers";
import { markUnpublished } from "./mark-unpublished";
import { readByReader } from "./read-by-reader";
import { readDestination } from "@/lib/services/delivery/read-destination";
import { retryRemovals } from "@/lib/services/delivery/retry-removals";

type Options = {
  signal: AbortSignal;
  open?: OpenDestination;
  /** Left out, it is what the database's clock says, by which was written down what is compared. */
  now?: () => Date;
};

export type Reconciliation =
  | { status: "compared"; standing: number; removed: number; changed: number }
  /** Something is being sent there, so that what stands proves nothing; or there is nothing to compare. */
  | { status: "left"; reason: string }
  | { status: "failed"; problem: string };

/**
 * Compares what stands at a connector's destination with what should, by all that its application is shown there. What is missing or
 * was changed is written down, so that the next plan puts it right, and automatic connectors plan at once; so is what of ours nobody
 * here knows of, and what Sentinel has not published again for too long. Looks only at what the application may look after, and sends
 * nothing itself: what is still shown long after its removal is left to a push that removes it another way. Safe to call at any time,
 * twice, or for any connector.
 */
export const reconcileConnector = async (
  connectorId: string,
  { signal, open, now }: Options,
): Promise<Reconciliation> => {
  const begun = await bulkAsSystem("delivery", (client) => begin(client, connectorId));
  if ("left" in begun) return { status: "left", reason: begun.left };
  let outcome: Reconciliation;
  try {
    outcome = await compare(connectorId, begun, { signal, open, now });
  } finally {
    await bulkAsSystem("delivery", (client) => leave(client, connectorId, begun));
  }
  // No push need have ended lately, so that nothing else would look at it again.
  if (outcome.status !== "failed") await retryRemovals(connectorId);
  return outcome;
};

const compare = async (
  connectorId: string,
  begun: Begun,
  { signal, open, now }: { signal: AbortSignal; open: OpenDestination | undefined; now: Options["now"] },
): Promise<Reconciliation> => {
  const applications = createReaders(open);
  const comparison = openComparison(begun, now?.() ?? begun.startedAt);
  const tenant = begun.kind === "defender" ? await readByReader(begun.destinationId, { open, signal }) : null;
  const { isRead, failure } = await readDestination(connectorId, applications, signal, {
    watch: comparison.see,
    tenant,
  });
  if (failure || !isRead) {
    const problem = failure?.message ?? "The destination could not be read.";
    await bulkAsSystem("delivery", async (client) => {
      await client.query(`UPDATE connector SET reconcile_problem = $2, ${ANSWERED} WHERE id = $1`, [
        ...[connectorId, problem, begun.startedAt],
      ]);
      if (failure && begun.kind === "defender" && isDenied(failure)) await orphanAll(client, connectorId);
    });
    return { status: "failed", problem };
  }
  const { expected, missing } = await comparison.findMissing();
  const removed =
    missing.length === 0 ? [] : await lookAgain(await applications(connectorId), comparison, missing, signal);
  const drifts = [...comparison.drifts(), ...removed];
  const removedCount = drifts.filter(isGone).length;
  const found = {
    standing: expected - drifts.length,
    removed: removedCount,
    changed: drifts.length - removedCount,
  };
  const isKept = await bulkAsSystem("delivery", (client) =>
    conclude(client, { ...begun, comparison, drifts, found }),
  );
  if (!isKept) return { status: "left", reason: SENT_MEANWHILE };
  await relayOutbox();
  return { status: "compared", ...found };
};

/** A person's wish is met by what began after it; `$3` is when that was. */
const ANSWERED = `reconcile_asked_by = CASE WHEN reconcile_asked_at > $3 THEN reconcile_asked_by END,
  reconcile_asked_at = CASE WHEN reconcile_asked_at > $3 THEN reconcile_asked_at END`;

const SENT_MEANWHILE = "Something was sent there while it was read.";
const SECOND_LOOK_MS = 1_000;

type Begun = Compared & { teamId: string };

const begin = async (client: PoolClient, connectorId: string): Promise<Begun | { left: string }> => {
  const { rows } = await client.query<Begun>(
    `SELECT id AS "connectorId", destination_id AS "destinationId", team_id AS "teamId", client_id AS "clientId", kind,
       clock_timestamp() AS "startedAt" FROM connector c
     WHERE id = $1 AND ${IS_READABLE} AND enabled AND deleted_at IS NULL`,
    [connectorId],
  );
  const [row] = rows;
  if (!row) return { left: "There is nothing to compare." };
  if (!(await isQuiet(client, row))) return { left: SENT_MEANWHILE };
  await client.query("UPDATE connector SET reconcile_tried_at = $2, reconciling_since = $2 WHERE id = $1", [
    connectorId,
    row.startedAt,
  ]);
  return row;
};

/** It does not run any more, whatever came of it. */
const leave = async (client: PoolClient, connectorId: string, { startedAt }: Begun): Promise<void> => {
  await client.query(
    "UPDATE connector SET reconciling_since = NULL WHERE id = $1 AND reconciling_since = $2",
    [connectorId, startedAt],
  );
};

/** Whether nothing is sent to the destination, nor was since then. */
const isQuiet = async (
  client: PoolClient,
  { destinationId, startedAt }: Pick<Begun, "destinationId" | "startedAt">,
): Promise<boolean> => {
  const { rows } = await client.query<{ isQuiet: boolean }>(
    `SELECT NOT ${isSending("$1::uuid")} AND NOT EXISTS (
       SELECT FROM push p JOIN connector c ON c.id = p.connector_id
       WHERE c.destination_id = $1 AND (p.finished_at >= $2 OR (p.state IN ('queued', 'running') AND EXISTS (
         SELECT FROM push_item i WHERE i.push_id = p.id AND i.sent_at >= $2)))) AS "isQuiet"`,
    [destinationId, startedAt],
  );
  return rows[0]?.isQuiet === true;
};

/**
 * What became of the missing, by a second look: one odd answer must not look like a purge. Where those that ended or were revoked
 * can be asked for, they say so themselves.
 */
const lookAgain = async (
  { destination, pacer }: Application,
  comparison: Comparison,
  missing: readonly ExpectedRecord[],
  signal: AbortSignal,
): Promise<Drift[]> => {
  await sleep(SECOND_LOOK_MS, undefined, { signal });
  if (destination.find === null) {
    const there = new Set<string>();
    for await (const page of destination.list(signal)) for (const { remoteId } of page) there.add(remoteId);
    await pacer.settle();
    return missing.filter(({ remoteId }) => !there.has(remoteId)).map(toRemoved);
  }
  await comparison.see(
    await destination.find(
      missing.map(({ remoteId }) => remoteId),
      signal,
    ),
  );
  await pacer.settle();
  return missing.filter((record) => !comparison.isSeen(record)).map(toRemoved);
};

type Conclusion = Begun & {
  comparison: Comparison;
  drifts: readonly Drift[];
  found: { standing: number; removed: number; changed: number };
};

/** Keeps what was found, unless something was sent meanwhile: then it is false when nothing was kept. */
const conclude = async (client: PoolClient, options: Conclusion): Promise<boolean> => {
  const { connectorId, destinationId, comparison, drifts, kind } = options;
  // Nobody takes the destination for a batch before this ends.
  await client.query("SELECT FROM destination WHERE id = $1 FOR UPDATE", [destinationId]);
  const hasStoodStill = await isQuiet(client, options);
  // A workspace takes many minutes to read, and what was sent meanwhile is told record by record.
  if (!hasStoodStill && kind === "defender") {
    // It is due again at once.
    await client.query("UPDATE connector SET reconcile_tried_at = reconciled_at WHERE id = $1", [
      connectorId,
    ]);
    return false;
  }
  const now = await readClock(client);
  await reviveOrphans(client, comparison.revived());
  const touched = await markDrift(client, drifts, now);
  if (hasStoodStill) await writeStrangers(client, { ...options, unknown: comparison.unknown(), now });
  if (kind === "sentinel" && (await markUnpublished(client, connectorId, comparison.unpublished())) > 0)
    await announceSql(client, connectorRefresh, { connectorId });
  await client.query(
    `UPDATE connector SET reconciled_at = $2, reconcile_problem = NULL, reconcile_found = $4, ${ANSWERED} WHERE id = $1`,
    [connectorId, now, options.startedAt, options.found],
  );
  await announceAutomatic(client, [connectorId, ...touched.map((one) => one.connectorId)]);
  for (const { connectorId: id, teamId: ofTeam, ...detail } of touched) {
    const subject = { type: "connector", id };
    const entry = { teamId: ofTeam, doer: SYSTEM, action: "connector.drift", subject, detail };
    await recordAuditSql(client, entry, now);
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
