import "server-only";

import type { PoolClient } from "pg";

import { asSystem, asTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import type { FeedKind } from "@/lib/domain/feed/kinds";
import { limitsSchema } from "@/lib/domain/feed/limit-settings";

const LEASE_SECONDS = 20;
const RENEW_MS = 5_000;
/** A run that takes longer is given up. */
const DEADLINE_MINUTES = limitsSchema.parse({}).maxMinutes;

export type ClaimedRun = {
  id: string;
  feedId: string;
  teamId: string;
  number: number;
  /** Minutes until it is given up. */
  maxMinutes: number;
  attempts: number;
  bodyId: string | null;
  /** A person accepted this run after the shrink guard held it. */
  isAccepted: boolean;
  feed: {
    kind: FeedKind;
    name: string;
    url: string | null;
    removal: "mirror" | "expire" | "keep";
    graceRuns: number;
    expiryDays: number | null;
    confidence: number;
    tlp: number;
    tags: string[];
    shrinkLimitPercent: number;
    settings: unknown;
    bodyId: string | null;
    /** Kind `subscription`: the shared feed that is taken in. */
    sourceFeedId: string | null;
    readingVersion: number;
    sealedSecrets: string | null;
    etag: string | null;
    lastModified: string | null;
    contentHash: Buffer | null;
    liveGeneration: number;
  };
};

/**
 * Takes a queued run, or one whose worker died (its lease ran out), for this worker. Null when there is nothing to
 * do: it is done, another holds it, or another run of the feed is under way.
 */
export const claimRun = async (runId: string, workerId: string): Promise<ClaimedRun | null> => {
  // The job names only the run; whose it is stands in the row.
  const rows = await asSystem(
    "scheduling",
    (tx) =>
      tx.$queryRaw<ClaimedRun[]>`
      UPDATE feed_run run SET state = 'running', lease_owner = ${workerId}::uuid,
        lease_until = now() + make_interval(secs => ${LEASE_SECONDS}), attempts = run.attempts + 1,
        started_at = coalesce(run.started_at, now()),
        reading_version = feed.reading_version,
        deadline_at = now() + make_interval(secs => 60 * coalesce((feed.settings #>> '{limits,maxMinutes}')::float8, ${DEADLINE_MINUTES}))
      FROM feed
      WHERE run.id = ${runId}::uuid AND feed.id = run.feed_id AND feed.deleted_at IS NULL
        AND (run.state = 'queued' OR (run.state = 'running' AND run.lease_until < now()))
        AND NOT EXISTS (
          SELECT FROM feed_run other WHERE other.feed_id = run.feed_id AND other.state = 'running' AND other.id <> run.id)
      RETURNING run.id, run.feed_id AS "feedId", run.team_id AS "teamId", run.number, run.attempts,
        coalesce((feed.settings #>> '{limits,maxMinutes}')::float8, ${DEADLINE_MINUTES}) AS "maxMinutes", run.body_id AS "bodyId",
        run.decided_at IS NOT NULL AS "isAccepted",
        json_build_object('kind', feed.kind, 'bodyId', feed.body_id, 'sourceFeedId', feed.source_feed_id,
          'readingVersion', feed.reading_version, 'name', feed.name, 'url', feed.url, 'removal', feed.removal,
          'graceRuns', feed.grace_runs, 'expiryDays', feed.expiry_days, 'confidence', feed.confidence, 'tlp', feed.tlp, 'tags', feed.tags,
          'shrinkLimitPercent', feed.shrink_limit_percent, 'settings', feed.settings,
          'sealedSecrets', feed.sealed_secrets, 'etag', feed.etag, 'lastModified', feed.last_modified,
          'contentHash', encode(feed.content_hash, 'hex'), 'liveGeneration', feed.live_generation) AS feed`,
  );
  const [run] = rows as (ClaimedRun & { feed: { contentHash: string | null } })[];
  if (!run) return null;
  const { contentHash } = run.feed;
  return {
    ...run,
    feed: { ...run.feed, contentHash: contentHash === null ? null : Buffer.from(contentHash, "hex") },
  };
};

/** Renews the lease until `stop`; aborts `signal` when the lease was lost, the deadline passed or the worker stops. */
export const holdRun = (run: ClaimedRun, workerId: string, workerSignal: AbortSignal) => {
  const lost = new AbortController();
  const signal = AbortSignal.any([lost.signal, workerSignal]);
  const deadline = setTimeout(() => {
    lost.abort(tookTooLong(run.maxMinutes));
  }, run.maxMinutes * 60_000);
  const renew = async (): Promise<void> => {
    const renewed = await asTeam(
      run.teamId,
      (tx) => tx.$executeRaw`
        UPDATE feed_run SET lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
        WHERE id = ${run.id}::uuid AND state = 'running' AND lease_owner = ${workerId}::uuid`,
    );
    if (renewed === 0) lost.abort(new Error("Another worker took this run over."));
  };
  // A renewal that fails is tried again; if the database stays away, the commit fails and another worker takes over.
  const timer = setInterval(() => void renew().catch(() => undefined), RENEW_MS);
  return {
    signal,
    stop: (): void => {
      clearInterval(timer);
      clearTimeout(deadline);
    },
  };
};

/** A run past its time has failed, and says so: another worker would take as long. */
const tookTooLong = (minutes: number): AppError =>
  new AppError(
    "upstream_unavailable",
    `The run took longer than ${minutes < 2 ? `${String(Math.round(minutes * 60))} seconds` : `${String(minutes)} minutes`}, ` +
      "which is this feed's limit. Nothing was changed. Raise the limit in the feed's settings if the list may take so long.",
    { retry: "later" },
  );

/** Makes sure, inside the committing transaction, that this worker still holds the run. Throws otherwise, so that nothing doubles. */
export const assertHeld = async (client: PoolClient, runId: string, workerId: string): Promise<void> => {
  const { rowCount } = await client.query(
    "SELECT FROM feed_run WHERE id = $1 AND state = 'running' AND lease_owner = $2 FOR UPDATE",
    [runId, workerId],
  );
  if (!rowCount) throw new Error("Another worker took this run over; what this one did is dropped.");
};
