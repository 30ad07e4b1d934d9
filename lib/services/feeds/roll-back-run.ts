import "server-only";

import type { PoolClient } from "pg";

import { countLive, createTouched } from "@/lib/db/queries/team-view";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { feedIngest } from "@/lib/jobs/feed-ingest.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { planForReview, type WaitingPlan } from "@/lib/services/planning/plan-for-review";
import { announceSql } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { announceSharedSql } from "@/lib/services/subscriptions/announce-shared";

import { refreshLocked } from "./commit-stage";

type RolledBack = {
  /** The number of the generation that is live now; 0: none. */
  liveNumber: number;
  /** Values that this feed no longer vouches for, that it vouches for again, and that have their former context again. */
  left: number;
  returned: number;
  restored: number;
};

/** And the plans that wait for a person at connectors in review. */
type RolledBackAndPlanned = RolledBack & { plans: WaitingPlan[] };

/**
 * Leaves the live generation: the one before it is live again, exactly as it was. What other feeds vouch for stays. What the
 * last answer said of itself is forgotten, so the next run reads anew, and is held while the source gives the same bytes. What that
 * changes at destinations is planned at once. Throws `conflict` for a run that is not live.
 */
export const rollBackRun = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
): Promise<RolledBackAndPlanned> => {
  const result = await bulkAsTeam(teamId, (client) => rollBack(client, actor, { id, teamId }));
  await relayOutbox();
  return { ...result, plans: await planForReview(actor, teamId) };
};

const rollBack = async (
  client: PoolClient,
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
): Promise<RolledBack> => {
  const run = await lockLive(client, id, teamId);
  const { feedId, feedName, number } = run;
  const liveNumber = await findPredecessor(client, run);
  await createTouched(client);
  const counts = await undoIntervals(client, run);
  await client.query(
    `UPDATE feed SET live_generation = $2, etag = NULL, last_modified = NULL, content_hash = NULL WHERE id = $1`,
    [feedId, liveNumber],
  );
  const now = await refreshLocked(client, teamId);
  const { active } = await countLive(client, feedId, teamId);
  await client.query(
    "UPDATE feed_run SET state = 'rolled-back', decided_by = $2, decided_at = $3 WHERE id = $1",
    [id, actor.userId, now],
  );
  await client.query("UPDATE feed_run SET active = $3 WHERE feed_id = $1 AND number = $2", [
    feedId,
    liveNumber,
    active,
  ]);
  // What later runs found unchanged was what has been left now: they say nothing of what is live.
  await client.query(
    `UPDATE feed_run SET facts = facts || '{"isLive": false}' WHERE feed_id = $1 AND number > $2 AND state = 'unchanged'`,
    [feedId, number],
  );
  await startAnew(client, feedId);
  await recordAuditSql(
    client,
    {
      teamId,
      doer: asDoer(actor),
      action: "run.rollback",
      subject: { type: "run", id },
      detail: { feed: feedName, number, live: liveNumber, active, ...counts },
    },
    now,
  );
  await announcePlansSql(client, teamId);
  await announceSharedSql(client, feedId);
  return { liveNumber, ...counts };
};

type LiveRun = { feedId: string; feedName: string; number: number };

/** The run, where it is live and may be left; no other becomes live until the transaction ends. Throws `conflict` else. */
export const lockLive = async (client: PoolClient, id: string, teamId: string): Promise<LiveRun> => {
  const { rows: owners } = await client.query<{ feedId: string }>(
    `SELECT feed_id AS "feedId" FROM feed_run WHERE id = $1 AND team_id = $2`,
    [id, teamId],
  );
  const [owner] = owners;
  if (!owner) throw new AppError("not_found", "There is no such run.");
  // No other run may become live between the look and the change.
  await client.query("SELECT FROM feed WHERE id = $1 FOR UPDATE", [owner.feedId]);
  const { rows } = await client.query<
    LiveRun & { kind: string; live: number; isDeleted: boolean; state: string }
  >(
    `SELECT f.id AS "feedId", f.name AS "feedName", f.kind::text, f.live_generation AS live,
       f.deleted_at IS NOT NULL AS "isDeleted", r.number, r.state::text
     FROM feed_run r JOIN feed f ON f.id = r.feed_id WHERE r.id = $1`,
    [id],
  );
  const [run] = rows;
  if (!run) throw new AppError("not_found", "There is no such run.");
  const refusal = findRefusal(run);
  if (refusal !== null) throw refusal;
  return run;
};

type Found = { kind: string; live: number; isDeleted: boolean; number: number };

const findRefusal = ({ kind, live, isDeleted, number }: Found): AppError | null => {
  if (kind === "local")
    return new AppError(
      "invalid_input",
      "A team's own list is changed entry by entry and cannot be rolled back: withdraw the entry, or add it again.",
    );
  if (kind === "subscription")
    return new AppError(
      "invalid_input",
      "A subscription follows the feed it takes in and cannot be rolled back: change its policy, or end it.",
    );
  if (isDeleted) return new AppError("conflict", "The feed was taken out; nothing of it is live.");
  if (number === live) return null;
  const instead =
    live === 0 ? "No run of this feed is live." : `Run ${String(live)} is live; only that one can be left.`;
  return new AppError("conflict", `Run ${String(number)} is not live. ${instead}`);
};

// The generation before it, however many runs lie between that were held, failed, discarded or left.
const findPredecessor = async (client: PoolClient, { feedId, number }: LiveRun): Promise<number> => {
  const { rows } = await client.query<{ number: number }>(
    `SELECT number FROM feed_run WHERE feed_id = $1 AND number < $2 AND state = 'succeeded' ORDER BY number DESC LIMIT 1`,
    [feedId, number],
  );
  if (rows[0]) return rows[0].number;
  const { rowCount } = await client.query(
    `SELECT FROM attribution WHERE feed_id = $1 AND from_generation < $2 LIMIT 1`,
    [feedId, number],
  );
  if (!rowCount) return 0;
  throw new AppError(
    "conflict",
    "The generation before this one is no longer kept, so there is nothing to go back to.",
  );
};

/** Has each value as the run before left it, and notes those in `touched`. */
export const undoIntervals = async (
  client: PoolClient,
  { feedId, number }: LiveRun,
): Promise<{ left: number; returned: number; restored: number }> => {
  // First what it opened: two standing intervals of one value are not allowed.
  const opened = await client.query(
    `WITH opened AS (
       UPDATE attribution SET until_generation = from_generation
       WHERE feed_id = $1 AND from_generation = $2 AND until_generation IS NULL RETURNING indicator_id
     ) INSERT INTO touched (id) SELECT indicator_id FROM opened`,
    [feedId, number],
  );
  const reopened = await client.query(
    `WITH reopened AS (
       UPDATE attribution SET until_generation = NULL
       WHERE feed_id = $1 AND until_generation = $2 AND from_generation < $2 RETURNING indicator_id
     ) INSERT INTO touched (id) SELECT indicator_id FROM reopened`,
    [feedId, number],
  );
  const { rows } = await client.query<{ restored: number }>(
    "SELECT count(*)::int AS restored FROM (SELECT FROM touched GROUP BY id HAVING count(*) > 1) doubled",
  );
  const restored = rows[0]?.restored ?? 0;
  return {
    left: (opened.rowCount ?? 0) - restored,
    returned: (reopened.rowCount ?? 0) - restored,
    restored,
  };
};

// A run under way was asked for the changes since what is no longer live: it begins anew, and its worker notices.
const startAnew = async (client: PoolClient, feedId: string): Promise<void> => {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE feed_run SET state = 'queued', lease_until = NULL, lease_owner = NULL
     WHERE feed_id = $1 AND state = 'running' RETURNING id`,
    [feedId],
  );
  for (const { id } of rows) await announceSql(client, feedIngest, { runId: id });
};
