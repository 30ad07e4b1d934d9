import "server-only";

import type { PoolClient } from "pg";

import type { Diff } from "@/lib/db/queries/generation";
import { bulkAsTeam } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import type { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import type { SourceNote } from "@/lib/feeds/source";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

import type { GuardVerdict, TypeCounts } from "@/lib/domain/feed/guards";

import type { GoodFetch } from "./obtain-body";
import { assertHeld, type ClaimedRun } from "./run-lease";
import type { StageCounts } from "./stage-rows";

type Context = {
  run: ClaimedRun;
  now: Date;
  bodyId: string | null;
  staged: StageCounts;
  duplicate: number;
  fetched: GoodFetch | null;
  extent: "full" | "delta";
  countsByType: TypeCounts;
};

/** The run's rows are live: counts that add up, the feed's pointer moves, what the answer said of itself is kept. */
export const finishRun = async (
  client: PoolClient,
  context: Context & { diff: Diff; active: number; unique: number },
): Promise<void> => {
  const { run, now, bodyId, staged, duplicate, fetched, diff, active } = context;
  await client.query(
    `UPDATE feed_run SET state = 'succeeded', finished_at = $2, body_id = $3, lines = $4, "values" = $5, added = $6,
       changed = $7, unchanged = $8, duplicate = $9, excluded = $10, allowlisted = $11, rejected = $12, removed = $13,
       active = $14, rejected_by_reason = $15, bytes = coalesce($16, bytes), http_status = coalesce($17, http_status),
       error = NULL, lease_until = NULL
     WHERE id = $1`,
    [
      run.id,
      now,
      bodyId,
      staged.lines,
      staged.values,
      diff.added,
      diff.changed,
      diff.unchanged,
      duplicate,
      staged.excluded,
      diff.allowlisted,
      staged.rejected,
      diff.removed,
      active,
      JSON.stringify(staged.rejectedByReason),
      fetched?.body.bytes ?? null,
      fetched?.httpStatus ?? null,
    ],
  );
  await keepFacts(client, context, { unique: context.unique });
  await keepSamples(client, run, staged);
  // What the answer said of itself holds only for the settings that it was read by.
  await client.query(
    `UPDATE feed SET live_generation = $2,
       etag = CASE WHEN reading_version = $7 THEN $3 END,
       last_modified = CASE WHEN reading_version = $7 THEN $4 END,
       content_hash = CASE WHEN reading_version = $7 THEN coalesce($5, (SELECT sha256 FROM body WHERE id = $6)) END
     WHERE id = $1`,
    [
      run.feedId,
      run.number,
      fetched?.etag ?? null,
      fetched?.lastModified ?? null,
      fetched?.body.sha256 ?? null,
      bodyId,
      run.feed.readingVersion,
    ],
  );
  await supersedeHeld(client, run, now);
};

const keepFacts = async (
  client: PoolClient,
  { run, staged, fetched, extent, countsByType }: Context,
  more: { unique?: number } = {},
): Promise<void> => {
  await client.query(
    `UPDATE feed_run SET extent = $2, excluded_by_reason = $3, counts_by_type = $4, facts = $5 WHERE id = $1`,
    [
      run.id,
      extent,
      JSON.stringify(staged.excludedByReason),
      JSON.stringify(countsByType),
      JSON.stringify({ ...factsOf(run, fetched ? fetched.notes : null), ...more }),
    ],
  );
};

/**
 * What is told of a run beside its counts: the first of what went wrong on the way, and how much there was. A source whose
 * certificate is not checked is named at every run; null: nobody was asked.
 */
export const factsOf = (run: ClaimedRun, notes: readonly SourceNote[] | null) => {
  const trustsAnyone = notes !== null && feedSettingsSchema.parse(run.feed.settings).tls.isInsecure;
  const all = trustsAnyone ? [ANY_CERTIFICATE, ...notes] : (notes ?? []);
  return { notes: all.slice(0, MAX_NOTES), noteCount: all.length };
};

const ANY_CERTIFICATE: SourceNote = {
  subject: "certificate",
  message:
    "The server's certificate was not checked, as the feed's settings say: whoever stands between could have read the key and changed the data. Enter the server's own certificate authority instead.",
};
const MAX_NOTES = 50;

/** Nobody needs to decide any more about a run that a newer one has overtaken. */
export const supersedeHeld = async (client: PoolClient, run: ClaimedRun, now: Date): Promise<void> => {
  await client.query(
    `UPDATE feed_run SET state = 'discarded', decided_at = $3
     WHERE feed_id = $1 AND number < $2 AND state = 'held'`,
    [run.feedId, run.number, now],
  );
};

/** The guard holds the run: nothing of it is an attribution, a person decides. Its counts say what it would bring. */
export const holdForReview = async (
  client: PoolClient,
  context: Context & {
    wouldBe: { all: number; screened: number };
    verdict: Extract<GuardVerdict, { held: true }>;
  },
): Promise<void> => {
  const { run, now, bodyId, staged, duplicate, fetched, wouldBe, verdict } = context;
  const { code, message } = verdict;
  await client.query(
    `UPDATE feed_run SET state = 'held', finished_at = $2, body_id = $3, lines = $4, "values" = $5, added = $6,
       duplicate = $7, excluded = $8, allowlisted = $9, rejected = $10, rejected_by_reason = $11, bytes = $12,
       http_status = $13, error = $14, lease_until = NULL
     WHERE id = $1`,
    [
      run.id,
      now,
      bodyId,
      staged.lines,
      staged.values,
      wouldBe.all - wouldBe.screened,
      duplicate,
      staged.excluded,
      wouldBe.screened,
      staged.rejected,
      JSON.stringify(staged.rejectedByReason),
      fetched?.body.bytes ?? null,
      fetched?.httpStatus ?? null,
      JSON.stringify({ code, message, retry: "never" }),
    ],
  );
  await keepFacts(client, context);
  await supersedeHeld(client, run, now);
  await keepSamples(client, run, staged);
  await recordAuditSql(
    client,
    {
      teamId: run.teamId,
      doer: SYSTEM,
      action: "run.hold",
      subject: { type: "run", id: run.id },
      detail: { feed: run.feed.name, number: run.number, message },
    },
    now,
  );
};

/**
 * The source failed: the run says why, the last good generation stays live. A source that asked to be left alone for a time is
 * asked again after that, and not at its next ordinary hour.
 */
export const failRun = async (run: ClaimedRun, workerId: string, error: AppError): Promise<void> => {
  await bulkAsTeam(run.teamId, async (client) => {
    // The feed before its run, as everywhere: two who lock in different orders would wait for each other.
    await client.query("SELECT FROM feed WHERE id = $1 FOR UPDATE", [run.feedId]);
    await assertHeld(client, run.id, workerId);
    const failure = { code: error.code, message: error.message, retry: error.retry };
    const { status, retryAfterMs } = error.context;
    await client.query(
      `UPDATE feed_run SET state = 'failed', finished_at = now(), lease_until = NULL, error = $2, http_status = $3 WHERE id = $1`,
      [run.id, JSON.stringify(failure), typeof status === "number" ? status : null],
    );
    if (error.retry === "later" && typeof retryAfterMs === "number")
      await client.query(
        `UPDATE feed SET next_run_at = now() + $2 * interval '1 millisecond'
         WHERE id = $1 AND next_run_at < now() + $2 * interval '1 millisecond'`,
        [run.feedId, retryAfterMs],
      );
    await recordAuditSql(client, {
      teamId: run.teamId,
      doer: SYSTEM,
      action: "run.fail",
      subject: { type: "run", id: run.id },
      detail: { feed: run.feed.name, number: run.number, message: error.message },
    });
  });
};

const keepSamples = async (client: PoolClient, run: ClaimedRun, { samples }: StageCounts): Promise<void> => {
  await client.query("DELETE FROM run_rejection WHERE run_id = $1", [run.id]);
  if (samples.length === 0) return;
  await client.query(
    `INSERT INTO run_rejection (run_id, team_id, ordinal, line, raw, code, reason)
     SELECT $1, $2, ordinality, line, raw, code, reason
     FROM unnest($3::int[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY AS s (line, raw, code, reason, ordinality)`,
    [
      run.id,
      run.teamId,
      samples.map(({ line }) => line),
      samples.map(({ raw }) => raw.replaceAll("\0", "")),
      samples.map(({ code }) => code),
      samples.map(({ reason }) => reason.replaceAll("\0", "")),
    ],
  );
};
