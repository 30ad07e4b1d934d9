import "server-only";

import type { PoolClient } from "pg";

import type { Tx } from "@/lib/db/client";
import { asSystem, bulkAsSystem } from "@/lib/db/scope";
import type { Retention } from "@/lib/domain/feed/retention";
import { readRetention } from "@/lib/services/operations/retention";

/** Small enough for a transaction that nobody notices. */
const BODIES = 5;
const RUNS = 1_000;
const ATTRIBUTIONS = 10_000;
/** One turn does not go on for ever; what is left waits for the next. */
const MAX_ROUNDS = 100;

export type Purged = { bodies: number; runs: number; attributions: number };

/**
 * Drops what its time is over of what feeds brought: bytes, runs, and entries that ended. Never what is live, what waits for a person, an uploaded file, or what a rollback left and the source may give again.
 */
export const purgeHistory = async (now: Date): Promise<Purged> => {
  const retention = await asSystem("scheduling", readRetention);
  const step = (drop: (tx: Tx) => Promise<number>) => () => asSystem("scheduling", drop);
  return {
    bodies: await repeat(
      BODIES,
      step((tx) => dropBodies(tx, retention, now)),
    ),
    runs: await repeat(
      RUNS,
      step((tx) => dropRuns(tx, retention, now)),
    ),
    attributions: await repeat(ATTRIBUTIONS, () => bulkAsSystem("scheduling", dropAttributions)),
  };
};

const repeat = async (batch: number, drop: () => Promise<number>): Promise<number> => {
  let total = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const dropped = await drop();
    total += dropped;
    if (dropped < batch) break;
  }
  return total;
};

const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * 86_400_000);

// A body is read by its run, and by those that came to the same content. Of a feed that was taken out nothing is live.
const dropBodies = (tx: Tx, { generations, bodyDays }: Retention, now: Date): Promise<number> => {
  const since = daysBefore(now, bodyDays);
  return tx.$executeRaw`
    WITH old AS (
      SELECT b.id, b.feed_id FROM body b JOIN feed f ON f.id = b.feed_id
      WHERE b.expires_at IS NULL AND b.created_at < ${since} AND (f.deleted_at IS NOT NULL OR b.id IS DISTINCT FROM f.body_id)
        AND NOT EXISTS (
          SELECT FROM feed_run r
          WHERE r.feed_id = f.id AND r.body_id = b.id AND (
            r.state IN ('queued', 'running', 'held') OR coalesce(r.finished_at, r.queued_at) >= ${since}
            OR (f.deleted_at IS NULL AND (
              r.number = f.live_generation OR (r.state = 'rolled-back' AND r.number > f.live_generation)
              OR (r.state IN ('succeeded', 'rolled-back') AND r.number >= coalesce((
                SELECT kept.number FROM feed_run kept
                WHERE kept.feed_id = f.id AND kept.state IN ('succeeded', 'rolled-back')
                ORDER BY kept.number DESC OFFSET ${generations - 1} LIMIT 1), 0)))))
        )
      ORDER BY b.created_at LIMIT ${BODIES} FOR UPDATE OF b SKIP LOCKED
    ), forgotten AS (
      UPDATE feed_run r SET body_id = NULL FROM old WHERE r.feed_id = old.feed_id AND r.body_id = old.id
    ), pieces AS (
      DELETE FROM body_chunk c USING old WHERE c.body_id = old.id
    )
    DELETE FROM body b USING old WHERE b.id = old.id`;
};

const dropRuns = (tx: Tx, { generations, runDays }: Retention, now: Date): Promise<number> =>
  tx.$executeRaw`
    WITH old AS (
      SELECT r.id FROM feed_run r JOIN feed f ON f.id = r.feed_id
      WHERE r.state NOT IN ('queued', 'running', 'held') AND r.body_id IS NULL
        AND coalesce(r.finished_at, r.queued_at) < ${daysBefore(now, runDays)}
        AND (f.deleted_at IS NOT NULL OR (r.number <> f.live_generation AND NOT (
          r.state IN ('succeeded', 'rolled-back') AND r.number >= coalesce((
            SELECT kept.number FROM feed_run kept
            WHERE kept.feed_id = f.id AND kept.state IN ('succeeded', 'rolled-back')
            ORDER BY kept.number DESC OFFSET ${generations - 1} LIMIT 1), 0))))
      LIMIT ${RUNS} FOR UPDATE OF r SKIP LOCKED
    ), rejections AS (
      DELETE FROM run_rejection x USING old WHERE x.run_id = old.id
    )
    DELETE FROM feed_run r USING old WHERE r.id = old.id`;

// What ended before the oldest run that is kept: no generation that can be looked at holds it, no rollback needs it. Runs are
// kept at least as long as entries, so it is old enough, too. With a value's last entry goes what its team saw of it.
const dropAttributions = async (client: PoolClient): Promise<number> => {
  await client.query("CREATE TEMPORARY TABLE ended (team_id uuid, indicator_id bigint) ON COMMIT DROP");
  const { rowCount } = await client.query(
    `WITH gone AS (
       DELETE FROM attribution WHERE id IN (
         SELECT closed.id FROM feed f
         CROSS JOIN LATERAL (
           SELECT coalesce(min(number), 2147483647) AS oldest FROM feed_run r WHERE r.feed_id = f.id
         ) kept
         CROSS JOIN LATERAL (
           SELECT a.id FROM attribution a
           WHERE a.feed_id = f.id AND a.until_generation IS NOT NULL AND a.until_generation < kept.oldest LIMIT $1
         ) closed
         LIMIT $1)
       RETURNING team_id, indicator_id
     ) INSERT INTO ended SELECT team_id, indicator_id FROM gone`,
    [ATTRIBUTIONS],
  );
  if (rowCount) await dropViews(client);
  return rowCount ?? 0;
};

// A row that says what became of the value stays: it was withdrawn by a person, or sent.
const dropViews = async (client: PoolClient): Promise<void> => {
  await client.query("ANALYZE ended");
  await client.query(`
    DELETE FROM team_indicator t USING (SELECT DISTINCT team_id, indicator_id FROM ended) o
    WHERE t.team_id = o.team_id AND t.indicator_id = o.indicator_id AND NOT t.active
      AND NOT EXISTS (SELECT FROM attribution a WHERE a.indicator_id = o.indicator_id AND a.team_id = o.team_id)
      AND NOT EXISTS (SELECT FROM tombstone x WHERE x.team_id = o.team_id AND x.indicator_id = o.indicator_id)
      AND NOT EXISTS (SELECT FROM receipt r WHERE r.team_id = o.team_id AND r.indicator_id = o.indicator_id)`);
};
