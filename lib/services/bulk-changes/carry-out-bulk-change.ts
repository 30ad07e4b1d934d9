import "server-only";

import type { PoolClient } from "pg";

import { lockTeam } from "@/lib/db/queries/team-view";
import { asSystem, bulkAsTeam } from "@/lib/db/scope";
import { bulkChangeCarryOut } from "@/lib/jobs/bulk-change.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { withdrawValues } from "@/lib/services/indicators/withdraw-values";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { toAuditEntry } from "./audit-entry";
import { changeEntries } from "./change-entries";
import { BULK_CHANGE_COLUMNS, toBulkChangeView, type BulkChangeView, type BulkCounts } from "./change-view";
import { collectItems } from "./collect-items";
import type { ItemOutcome } from "./outcome";
import { undoItems } from "./undo-items";

/** Half a second of work or so: whoever else writes to the team waits no longer. */
const PIECE = 2_000;
/** After that others of the queue have their turn. */
const SLICE_MS = 5_000;
/** A piece that ended so many workers, or failed so often, is not begun again. */
const MAX_ATTEMPTS = 5;

type Options = { signal: AbortSignal; piece?: number; sliceMs?: number };

/**
 * Carries out the next pieces of a change, each in one transaction with what it says became of its items: a worker that dies
 * leaves whole pieces behind, and another goes on behind the last. Safe to call at any time, from several workers at once.
 * Gives how many items it carried out.
 */
export const carryOutBulkChange = async (
  changeId: string,
  { signal, piece = PIECE, sliceMs = SLICE_MS }: Options,
): Promise<number> => {
  const begun = await begin(changeId);
  if (begun === null) return 0;
  const { teamId, createdBy } = begun;
  if (begun.attempts > MAX_ATTEMPTS) {
    await giveUp(teamId, changeId);
    return 0;
  }
  if (!(await collectItems(teamId, changeId))) return 0;
  const endsAt = Date.now() + sliceMs;
  let items = 0;
  for (let isOver = false; !isOver;) {
    signal.throwIfAborted();
    const isLast = Date.now() >= endsAt;
    const carried = await bulkAsTeam(teamId, (client) =>
      carryOutPiece(client, { changeId, teamId, createdBy, piece, isLast }),
    );
    items += carried.items;
    isOver = carried.isOver;
    if (isLast) break;
  }
  await relayOutbox();
  return items;
};

type Begun = { teamId: string; createdBy: string; attempts: number };

/** Counts that a worker begins; null for what is over or was never there. */
const begin = async (changeId: string): Promise<Begun | null> => {
  const rows = await asSystem(
    "scheduling",
    (tx) => tx.$queryRaw<Begun[]>`
      UPDATE bulk_change SET attempts = attempts + 1, touched_at = now()
      WHERE id = ${changeId}::uuid AND state IN ('queued', 'running')
      RETURNING team_id AS "teamId", created_by AS "createdBy", attempts`,
  );
  return rows[0] ?? null;
};

type PieceOptions = {
  changeId: string;
  teamId: string;
  createdBy: string;
  piece: number;
  /** Others have their turn afterwards. */
  isLast: boolean;
};

const carryOutPiece = async (
  client: PoolClient,
  { changeId, teamId, createdBy, piece, isLast }: PieceOptions,
): Promise<{ items: number; isOver: boolean }> => {
  const found = await lockChange(client, changeId);
  // Over, or another worker has it.
  if (found === null) return { items: 0, isOver: true };
  const { lastId, change } = found;
  const { rows } = await client.query<{ id: string }>(
    `SELECT indicator_id AS id FROM bulk_change_item WHERE change_id = $1 AND indicator_id > $2
     ORDER BY indicator_id LIMIT $3`,
    [changeId, lastId, piece],
  );
  const ids = rows.map(({ id }) => id);
  const isOver = ids.length < piece;
  const now = new Date();
  let counts = change.counts;
  if (ids.length > 0) {
    await lockTeam(client, teamId);
    const outcomes = await apply(client, { change, createdBy, ids, now });
    counts = addUp(counts, outcomes);
    await noteOutcomes(client, { changeId, teamId, outcomes });
  }
  await client.query(
    `UPDATE bulk_change SET last_id = $2, done = done + $3, counts = $4, attempts = 0, touched_at = $5, message = NULL,
       state = $6, finished_at = $7 WHERE id = $1`,
    [
      ...[changeId, ids.at(-1) ?? lastId, ids.length, JSON.stringify(counts), now],
      ...[isOver ? "done" : "running", isOver ? now : null],
    ],
  );
  if (isOver)
    await recordAuditSql(client, toAuditEntry({ ...change, state: "done", counts }, createdBy), now);
  else if (isLast) await announceSql(client, bulkChangeCarryOut, { changeId });
  return { items: ids.length, isOver };
};

type Locked = { change: BulkChangeView; lastId: string };

const lockChange = async (client: PoolClient, changeId: string): Promise<Locked | null> => {
  const { rows } = await client.query<{ createdAt: Date; lastId: string }>(
    `SELECT ${BULK_CHANGE_COLUMNS}, last_id AS "lastId"
     FROM bulk_change WHERE id = $1 AND state = 'running' FOR UPDATE SKIP LOCKED`,
    [changeId],
  );
  const [row] = rows;
  return row ? { change: toBulkChangeView(row, null, row.createdAt), lastId: row.lastId } : null;
};

type ApplyOptions = { change: BulkChangeView; createdBy: string; ids: readonly string[]; now: Date };

const apply = async (
  client: PoolClient,
  { change: view, createdBy, ids, now }: ApplyOptions,
): Promise<ItemOutcome[]> => {
  const { teamId, change, undoOf } = view;
  if (change === null) {
    if (undoOf === null) throw new Error("A change without a change undoes nothing.");
    return undoItems(client, { teamId, undoOf, ids, userId: createdBy, now });
  }
  if (change.action !== "withdraw") {
    const userName = view.createdBy.replace(/ <[^>]*>$/, "");
    return changeEntries(client, { teamId, ids, change, userId: createdBy, userName, now });
  }
  const withdrawn = await withdrawValues(client, {
    ...{ teamId, ids, now },
    ...{ reason: change.reason, userId: createdBy },
  });
  const done = new Map(withdrawn.map((one) => [one.id, one]));
  const left = await stillSeen(
    client,
    teamId,
    ids.filter((id) => !done.has(id)),
  );
  return ids.map((id): ItemOutcome => {
    const one = done.get(id);
    if (!one) return { id, outcome: left.has(id) ? "withdrawn" : "gone" };
    const { ownId, tombstoneId, addedAt } = one;
    return { id, outcome: "changed", beforeId: ownId, tombstoneId, addedAt };
  });
};

const stillSeen = async (
  client: PoolClient,
  teamId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ id: string }>(
    "SELECT indicator_id AS id FROM team_indicator WHERE team_id = $1 AND indicator_id = ANY ($2::bigint[])",
    [teamId, ids],
  );
  return new Set(rows.map(({ id }) => id));
};

const addUp = (counts: BulkCounts, outcomes: readonly ItemOutcome[]): BulkCounts => {
  const sum = { ...counts };
  for (const { outcome } of outcomes) sum[outcome] = (sum[outcome] ?? 0) + 1;
  return sum;
};

type Notes = { changeId: string; teamId: string; outcomes: readonly ItemOutcome[] };

const noteOutcomes = async (client: PoolClient, { changeId, teamId, outcomes }: Notes): Promise<void> => {
  await client.query(
    `UPDATE bulk_change_item x SET outcome = o.outcome, before_id = o."beforeId", after_id = o."afterId",
       tombstone_id = o."tombstoneId", added_at = o."addedAt", newest_id = CASE
         WHEN o."beforeId" IS NULL AND o."afterId" IS NULL AND o."tombstoneId" IS NULL THEN NULL ELSE (
         SELECT max(a.id) FROM attribution a JOIN feed f ON f.id = a.feed_id
         WHERE a.team_id = $2 AND a.indicator_id = x.indicator_id AND f.kind = 'local') END
     FROM jsonb_to_recordset($3) AS o (id bigint, outcome text, "beforeId" bigint, "afterId" bigint, "tombstoneId" uuid,
       "addedAt" timestamptz)
     WHERE x.change_id = $1 AND x.indicator_id = o.id`,
    [changeId, teamId, JSON.stringify(outcomes)],
  );
};

const GAVE_UP = `A piece of it failed ${String(MAX_ATTEMPTS)} times; see the worker's log. What is done stays and can be undone; the rest was not touched.`;

const giveUp = (teamId: string, changeId: string): Promise<void> =>
  bulkAsTeam(teamId, async (client) => {
    const now = new Date();
    const { rows } = await client.query<{ createdAt: Date; createdBy: string }>(
      `UPDATE bulk_change SET state = 'stopped', finished_at = $2, message = $3
       WHERE id = $1 AND state IN ('queued', 'running')
       RETURNING ${BULK_CHANGE_COLUMNS}`,
      [changeId, now, GAVE_UP],
    );
    const [row] = rows;
    if (row) await recordAuditSql(client, toAuditEntry(toBulkChangeView(row, null, now), row.createdBy), now);
  });
