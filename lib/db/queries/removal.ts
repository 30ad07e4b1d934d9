import type { PoolClient } from "pg";

import type { RemovalRule } from "@/lib/domain/feed/removal";

import { goodRun } from "./good-run";
import { isFew, lookingUp } from "./planning";
import { createTouched } from "./team-view";

/**
 * What becomes of values that a feed's source no longer holds. A value that is kept is closed and opened again as absent, so
 * that each generation can be left exactly as it was entered.
 */
export type GoneOptions = {
  feedId: string;
  generation: number;
  now: Date;
  rule: RemovalRule;
  /** Grace counts full runs only. */
  isFullRun: boolean;
};

/**
 * Ends or marks what the compared rows (`resolved`) lack, as the feed's policy says, and lists it in `touched`. Returns how
 * many values were let go of, and how many go on as absent.
 */
export const withdrawMissing = async (
  client: PoolClient,
  options: GoneOptions & {
    /** `unseen` lists what the source no longer holds of what it held at the last look; else that is found here. */
    hasUnseen: boolean;
  },
): Promise<{ closed: number; marked: number }> => {
  const { feedId, generation, now, rule, hasUnseen } = options;
  const isMirror = rule.removal === "mirror";
  const cutoff = await findCutoff(client, options);
  await client.query("CREATE TEMPORARY TABLE missing (id bigint NOT NULL) ON COMMIT DROP");
  // Absent rows may be many: only those that are due are looked at, and all of them once after a change of the policy.
  const { rowCount } = await client.query(
    `WITH policy AS (
       SELECT coalesce(run.reading_version IS DISTINCT FROM live.reading_version, false) AS is_new
       FROM feed JOIN feed_run run ON run.feed_id = feed.id AND run.number = $2
       JOIN feed_run live ON live.feed_id = feed.id AND live.number = feed.live_generation
       WHERE feed.id = $1
     )
     INSERT INTO missing
     ${hasUnseen ? UNSEEN : FOUND_UNSEEN}
     UNION
     SELECT a.id FROM attribution a
     WHERE a.feed_id = $1 AND a.until_generation IS NULL AND a.absent_from_run IS NOT NULL
       AND coalesce((SELECT is_new FROM policy), false)
       AND NOT EXISTS (SELECT FROM resolved r WHERE r.attribution_id = a.id)
     UNION
     SELECT a.id FROM attribution a
     WHERE a.feed_id = $1 AND a.until_generation IS NULL AND a.absent_from_run IS NOT NULL
       AND ${isMirror ? "a.absent_from_run <= $3::int" : "least(a.valid_until, a.expires_at) <= $3::timestamptz"}
       AND NOT EXISTS (SELECT FROM resolved r WHERE r.attribution_id = a.id)`,
    [feedId, generation, isMirror ? cutoff : now],
  );
  return rowCount ? endMissing(client, options, cutoff) : { closed: 0, marked: 0 };
};

const UNSEEN = "SELECT id FROM unseen";
const FOUND_UNSEEN = `
  SELECT a.id FROM attribution a
  WHERE a.feed_id = $1 AND a.until_generation IS NULL AND a.absent_from_run IS NULL
    AND NOT EXISTS (SELECT FROM resolved r WHERE r.attribution_id = a.id)`;

/**
 * As `withdrawMissing`, for a run that found what is live already: only the grace of absent values may have run out. Null
 * when none is due, which costs one small statement.
 */
export const withdrawOverdue = async (
  client: PoolClient,
  options: GoneOptions,
): Promise<{ closed: number } | null> => {
  const cutoff = await findCutoff(client, options);
  const { rows } = await client.query<{ isDue: boolean }>(
    `SELECT EXISTS (
       SELECT FROM attribution WHERE feed_id = $1 AND until_generation IS NULL AND absent_from_run <= $2) AS "isDue"`,
    [options.feedId, cutoff],
  );
  if (!rows[0]?.isDue) return null;
  await createTouched(client);
  await client.query("CREATE TEMPORARY TABLE missing (id bigint NOT NULL) ON COMMIT DROP");
  await client.query(
    `INSERT INTO missing
     SELECT id FROM attribution WHERE feed_id = $1 AND until_generation IS NULL AND absent_from_run <= $2`,
    [options.feedId, cutoff],
  );
  return endMissing(client, options, cutoff);
};

// What went missing in this run or before it has used its grace up. Null: nothing has.
const findCutoff = async (
  client: PoolClient,
  { feedId, generation, rule, isFullRun }: GoneOptions,
): Promise<number | null> => {
  if (rule.removal !== "mirror") return null;
  if (rule.graceRuns === 0) return generation;
  const { rows } = await client.query<{ number: number }>(
    `SELECT number FROM feed_run
     WHERE feed_id = $1 AND number < $2 AND extent = 'full' AND ${goodRun("feed_run")} ORDER BY number DESC OFFSET $3 LIMIT 1`,
    [feedId, generation, isFullRun ? rule.graceRuns - 1 : rule.graceRuns],
  );
  return rows[0]?.number ?? null;
};

const endMissing = async (
  client: PoolClient,
  { feedId, generation, now, rule: { removal, expireFrom, expiryDays } }: GoneOptions,
  cutoff: number | null,
): Promise<{ closed: number; marked: number }> => {
  const isMirror = removal === "mirror";
  await client.query(
    `CREATE TEMPORARY TABLE gone (
       id bigint NOT NULL, indicator_id bigint NOT NULL, absent_from_run int NOT NULL, last_seen timestamptz NOT NULL,
       expires_at timestamptz, closes boolean NOT NULL
     ) ON COMMIT DROP`,
  );
  // A value that left was seen by the last good run that held it.
  await client.query(
    `WITH seen AS (
       SELECT a.id, a.indicator_id, i.type, a.absent_from_run AS since, a.first_seen, a.valid_until, a.expires_at AS ended,
         CASE WHEN a.absent_from_run IS NULL THEN least($3, greatest(a.last_seen, held.at)) ELSE a.last_seen END AS last_seen
       FROM missing m JOIN attribution a ON a.id = m.id JOIN indicator i ON i.id = a.indicator_id
       LEFT JOIN (
         SELECT finished_at AS at FROM feed_run
         WHERE feed_id = $1 AND number < $2 AND ${goodRun("feed_run")} ORDER BY number DESC LIMIT 1
       ) held ON true
     ), judged AS (
       SELECT seen.*, ${expireFrom === "firstSeen" ? "first_seen" : "last_seen"} + ${ageOf("type", "$4")} AS ends_at FROM seen
     ), decided AS (
       SELECT judged.*,
         coalesce(${isMirror ? "coalesce(since, $2) <= $5::int" : "least(valid_until, ends_at) <= $5::timestamptz"}, false) AS closes
       FROM judged
     )
     INSERT INTO gone
     SELECT id, indicator_id, coalesce(since, $2), last_seen, ends_at, closes FROM decided
     WHERE closes OR since IS NULL OR ends_at IS DISTINCT FROM ended`,
    [feedId, generation, now, expiryDays, isMirror ? cutoff : now],
  );
  const close = () =>
    client.query("UPDATE attribution a SET until_generation = $1 FROM gone g WHERE a.id = g.id", [
      generation,
    ]);
  const { rowCount: all } = await ((await isFew(client, "gone")) ? lookingUp(client, close) : close());
  const { rowCount: marked } = await client.query(
    `INSERT INTO attribution (feed_id, team_id, indicator_id, from_generation, absent_from_run, line, confidence, tlp, tags,
       comment, threat_type, first_seen, last_seen, valid_until, expires_at, context, fingerprint)
     SELECT a.feed_id, a.team_id, a.indicator_id, $1, g.absent_from_run, a.line, a.confidence, a.tlp, a.tags, a.comment,
       a.threat_type, a.first_seen, g.last_seen, a.valid_until, g.expires_at, a.context, a.fingerprint
     FROM gone g JOIN attribution a ON a.id = g.id WHERE NOT g.closes`,
    [generation],
  );
  await client.query("INSERT INTO touched (id) SELECT indicator_id FROM gone");
  return { closed: (all ?? 0) - (marked ?? 0), marked: marked ?? 0 };
};

/** How long a value of a type lives, from a rule's days by the type's code; null where these name none. */
export const ageOf = (type: string, days: string): string =>
  `(${days}::int[])[${type}] * interval '24 hours'`;
