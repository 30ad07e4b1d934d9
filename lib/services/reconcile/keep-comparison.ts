import "server-only";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { isSending } from "@/lib/db/queries/is-sending";
import { bulkAsSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { connectorRefresh } from "@/lib/jobs/connector-refresh.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { holdConnector } from "@/lib/services/delivery/lock-receipts";
import { announceSql } from "@/lib/services/outbox/announce";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";

import type { Comparison, Unlike, Unpublished } from "./compare-records";
import { markDrift, reviveOrphans, type Compared, type Drift } from "./expected-records";
import { writeStrangers } from "./find-strangers";
import { markUnlike } from "./mark-unlike";
import { forgetPublished, markUnpublished, type Stretch } from "./mark-unpublished";

export type Begun = Compared & { teamId: string };

/** A person's wish is met by what began after it; `$3` is when that was. */
export const ANSWERED = `reconcile_asked_by = CASE WHEN reconcile_asked_at > $3 THEN reconcile_asked_by END,
  reconcile_asked_at = CASE WHEN reconcile_asked_at > $3 THEN reconcile_asked_at END`;

/** Whether nothing is sent to the destination, nor was since then. */
export const isQuiet = async (
  client: PoolClient,
  { destinationId, startedAt }: Pick<Begun, "destinationId" | "startedAt">,
): Promise<boolean> => {
  const { rows } = await client.query<{ isQuiet: boolean }>(
    `SELECT NOT ${isSending("$1::uuid")} AND NOT EXISTS (
       SELECT FROM push p JOIN connector c ON c.id = p.connector_id
       WHERE c.destination_id = $1 AND (p.finished_at >= $2 OR (p.state IN ('queued', 'running') AND EXISTS (
         SELECT FROM push_item i WHERE i.push_id = p.id AND (i.sent_at >= $2 OR i.finished_at >= $2))))) AS "isQuiet"`,
    [destinationId, startedAt],
  );
  return rows[0]?.isQuiet === true;
};

export type Found = { standing: number; removed: number; changed: number; unlike: number };

/** What is kept of one comparison, a stretch at a time: nobody waits for long for the destination, and no statement carries all of it. */
export type Keeper = {
  /** False, and nothing is kept, where something was sent since the comparison began, so that what was shown proves nothing. */
  keepDrifts: (drifts: readonly Drift[]) => Promise<boolean>;
  /** Has the receipts say how what was sent is shown. False as for drifts. */
  keepUnlike: (unlike: readonly Unlike[]) => Promise<boolean>;
  /** Keeps all else, and that it was compared. False as for drifts. */
  conclude: (comparison: Comparison, found: Found) => Promise<boolean>;
  /** Has those plan that do so by themselves and have something to put right. To be called whatever came of it. */
  announce: () => Promise<void>;
};

export const createKeeper = (begun: Begun): Keeper => {
  const touched = new Set<string>();
  let hasRevived = false;
  const reviveAll = async (recordIds: readonly string[]): Promise<boolean> => {
    for (const part of inStretches(recordIds)) {
      const revived = await whileHeld(begun, (client) => reviveOrphans(client, part));
      if (revived === null) return false;
      hasRevived ||= revived;
    }
    return true;
  };
  return {
    keepDrifts: async (drifts) => {
      for (const part of inStretches(drifts)) {
        const ids = await whileHeld(begun, (client) => keepDrifts(client, part));
        if (ids === null) return false;
        for (const id of ids) touched.add(id);
      }
      return true;
    },
    keepUnlike: async (unlike) => {
      for (const part of inStretches(unlike))
        if ((await whileHeld(begun, (client) => markUnlike(client, part))) === null) return false;
      return true;
    },
    conclude: async (comparison, found) => {
      if (!(await reviveAll(comparison.revived()))) return false;
      if (begun.kind === "sentinel") await keepUnpublished(begun, comparison.unpublished());
      const isKept = await whileHeld(begun, (client, hasStoodStill) =>
        conclude(client, { ...begun, comparison, found, hasStoodStill }),
      );
      if (isKept === null) return false;
      // Also what it could not put right after an earlier comparison.
      touched.add(begun.connectorId);
      return true;
    },
    announce: () =>
      bulkAsSystem("delivery", (client) =>
        announceAutomatic(client, {
          connectorIds: [...touched],
          revivedAt: hasRevived ? begun.destinationId : null,
        }),
      ),
  };
};

const MOST_AT_ONCE = 5_000;

function* inStretches<T>(all: readonly T[]): Iterable<readonly T[]> {
  for (let from = 0; from < all.length; from += MOST_AT_ONCE) yield all.slice(from, from + MOST_AT_ONCE);
}

/** Runs with connector and destination held, so that nobody takes that for a batch; null where something was sent since it was read. */
const whileHeld = <T>(
  begun: Begun,
  run: (client: PoolClient, hasStoodStill: boolean) => Promise<T>,
): Promise<T | null> =>
  bulkAsSystem("delivery", async (client) => {
    const { connectorId, destinationId, kind } = begun;
    await holdConnector(client, connectorId);
    await client.query("SELECT FROM destination WHERE id = $1 FOR UPDATE", [destinationId]);
    const hasStoodStill = await isQuiet(client, begun);
    // A workspace takes many minutes to read, and what was sent meanwhile is told record by record.
    if (hasStoodStill || kind === "sentinel") return run(client, hasStoodStill);
    // It is due again at once.
    await client.query("UPDATE connector SET reconcile_tried_at = reconciled_at WHERE id = $1", [
      connectorId,
    ]);
    return null;
  });

/** Gives whose they are. */
const keepDrifts = async (client: PoolClient, drifts: readonly Drift[]): Promise<string[]> => {
  const now = await readClock(client);
  const touched = await markDrift(client, drifts, now);
  for (const { connectorId: id, teamId, ...detail } of touched) {
    const subject = { type: "connector", id };
    const entry = { teamId, doer: SYSTEM, action: "connector.drift", subject, detail };
    await recordAuditSql(client, entry, now);
  }
  return touched.map(({ connectorId }) => connectorId);
};

const keepUnpublished = async (begun: Begun, unpublished: readonly Unpublished[]): Promise<void> => {
  const { connectorId } = begun;
  for (const part of inStretches(unpublished))
    await whileHeld(begun, (client) => markUnpublished(client, connectorId, part));
  const still = new Set(unpublished.map(({ recordId }) => recordId));
  let after: string | null = FIRST_ID;
  while (after !== null) {
    const stretch: Stretch = { connectorId, after, limit: MOST_AT_ONCE, still };
    after = await whileHeld<string | null>(begun, (client) => forgetPublished(client, stretch));
  }
};

const FIRST_ID = "00000000-0000-0000-0000-000000000000";

type Conclusion = Begun & { comparison: Comparison; found: Found; hasStoodStill: boolean };

const conclude = async (client: PoolClient, { comparison, found, ...options }: Conclusion): Promise<true> => {
  const { connectorId, kind, startedAt, hasStoodStill } = options;
  const now = await readClock(client);
  if (hasStoodStill) await writeStrangers(client, { ...options, unknown: comparison.unknown(), now });
  if (kind === "sentinel" && comparison.unpublished().length > 0)
    await announceSql(client, connectorRefresh, { connectorId });
  await client.query(
    `UPDATE connector SET reconciled_at = $2, reconcile_problem = NULL, reconcile_found = $4, ${ANSWERED} WHERE id = $1`,
    [connectorId, now, startedAt, found],
  );
  return true;
};

type Announced = { connectorIds: readonly string[]; revivedAt: string | null };

/**
 * Has those of the connectors plan that do so by themselves and have drift to put right, also what an earlier plan could not; and all at
 * a destination where records can be changed again that nobody could change.
 */
const announceAutomatic = async (
  client: PoolClient,
  { connectorIds, revivedAt }: Announced,
): Promise<void> => {
  const { rows } = await client.query<{ teamId: string }>(
    `SELECT DISTINCT team_id AS "teamId" FROM connector c
     WHERE mode = 'automatic' AND enabled AND deleted_at IS NULL AND (destination_id = $2 OR (id = ANY ($1::uuid[])
       AND EXISTS (SELECT FROM receipt r WHERE r.connector_id = c.id AND r.drift IS NOT NULL)))
     ORDER BY 1`,
    [connectorIds, revivedAt],
  );
  // Counted as a change, so that the end of a push that is under way comes back to it.
  for (const { teamId } of rows) await announcePlansSql(client, teamId);
};
