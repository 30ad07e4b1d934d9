import type { PoolClient } from "pg";

import { fadeMerged, hasFading } from "./fading";
import { FEW, hashing, isFew, lookingUp } from "./planning";

/**
 * Has writers of one team's merged view wait for each other until the transaction ends, so that none merges what another
 * is about to change. To be taken right before `refreshTeam`: a statement that begins under the lock sees what all before
 * it have committed, and the long comparison of a large feed holds nobody up.
 */
export const lockTeam = async (client: PoolClient, teamId: string): Promise<void> => {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`team:${teamId}`]);
};

/**
 * Makes the empty list of indicators whose team view must be merged anew; `refreshTeam` reads it. `may_be_gone` is false for
 * those that somebody vouches for for certain.
 */
export const createTouched = async (client: PoolClient): Promise<void> => {
  await client.query(
    `CREATE TEMPORARY TABLE touched (
       id bigint NOT NULL, screened_by text, may_be_gone boolean NOT NULL DEFAULT true
     ) ON COMMIT DROP`,
  );
};

type RefreshOptions = {
  now: Date;
  /** The feed that vouches for the rows of `resolved` anew, if there are any; the others stand in `touched`. */
  openedBy?: string | null;
  /**
   * The team's count of changes of its lists by which these rows were screened; when it is another by now, all is screened
   * anew. Null: they hold nothing that was not screened before.
   */
  screenedBy?: number | null;
};

/**
 * Merges anew what the team sees of every indicator that was touched: highest confidence, strictest TLP, sources and tags
 * united, latest validity; and what the team's rules make of confidence by now. What nobody vouches for, or a person withdrew, stays as an inactive row.
 */
export const refreshTeam = async (
  client: PoolClient,
  teamId: string,
  { now, openedBy = null, screenedBy = null }: RefreshOptions,
): Promise<void> => {
  const { rows } = await client.query<{ newest: Date | null }>(
    `SELECT coalesce(merged_at, (SELECT max(added_at) FROM team_indicator WHERE team_id = $1)) AS newest
     FROM team WHERE id = $1`,
    [teamId],
  );
  if (openedBy !== null) await takeOpened(client, teamId, { now, feedId: openedBy });
  await client.query("ANALYZE touched");
  await mergeTouched(client, teamId, now);
  if (await hasFading(client, teamId)) {
    const opened = openedBy === null ? "" : " UNION SELECT id FROM resolved WHERE verdict <> 'unchanged'";
    await fadeMerged(client, teamId, { ids: `SELECT id FROM touched${opened}`, now });
  }
  // OFFSET has each looked up by itself: right after a load, the planner has taken five minutes to read all for each of them.
  await client.query(
    `UPDATE team_indicator SET active = false, feed_ids = '{}', changed_at = $2
     WHERE team_id = $1 AND indicator_id = ANY (ARRAY(
       SELECT t.id FROM touched t
       WHERE t.may_be_gone AND NOT EXISTS (
         SELECT FROM attribution a
         WHERE a.team_id = $1 AND a.indicator_id = t.id AND a.until_generation IS NULL OFFSET 0)
       ORDER BY t.id))`,
    [teamId, now],
  );
  // Clocks of workers may differ; what was added is never later than this.
  await client.query(
    `UPDATE team SET merged_at = greatest($2::timestamptz, $3),
       screened_version = CASE WHEN $4::int IS NULL OR screening_version = $4 THEN screened_version ELSE 0 END
     WHERE id = $1`,
    [teamId, now, rows[0]?.newest ?? null, screenedBy],
  );
};

/**
 * What one feed alone vouches for is merged with nothing: most of a large list is taken over as it is, and only what another
 * feed of the team has, too, joins the touched.
 */
const takeOpened = async (
  client: PoolClient,
  teamId: string,
  { now, feedId }: { now: Date; feedId: string },
): Promise<void> => {
  const listShared = () =>
    client.query(
      `INSERT INTO touched
       SELECT r.id, r.screened_by, false FROM resolved r
       WHERE r.verdict <> 'unchanged' AND EXISTS (
         SELECT FROM attribution a
         WHERE a.feed_id = ANY (ARRAY(SELECT id FROM feed WHERE team_id = $1 AND id <> $2)) AND a.team_id = $1
           AND a.until_generation IS NULL AND a.indicator_id = r.id)`,
      [teamId, feedId],
    );
  await ((await isFew(client, "resolved")) ? lookingUp(client, listShared) : hashing(client, listShared));
  await client.query(
    `${INTO_VIEW}
     SELECT $1, r.id, r.type, x.team_id IS NULL, r.screened_by, r.confidence, r.tlp, r.tags, ARRAY[$3::uuid],
       r.first_seen, r.last_seen, least(r.valid_until, r.expires_at), $2, $2
     FROM resolved r ${STANDING_TOMBSTONE("r.id")}
     WHERE r.verdict <> 'unchanged' AND NOT EXISTS (SELECT FROM touched t WHERE t.id = r.id)
     ${OVER_VIEW}`,
    [teamId, now, feedId],
  );
};

const mergeTouched = async (client: PoolClient, teamId: string, now: Date): Promise<void> => {
  await client.query(
    `${INTO_VIEW}
     SELECT $1, live.indicator_id, i.type,
       x.team_id IS NULL,
       live.screened_by, live.confidence, live.tlp,
       CASE WHEN live.sources = 1 THEN live.tags ELSE (
         SELECT coalesce(array_agg(DISTINCT tag ORDER BY tag), '{}') FROM attribution same CROSS JOIN unnest(same.tags) tag
         WHERE same.team_id = $1 AND same.indicator_id = live.indicator_id AND same.until_generation IS NULL) END,
       live.feed_ids, live.first_seen, live.last_seen, live.valid_until, $2, $2
     FROM (
       SELECT a.indicator_id, count(*) AS sources, max(t.screened_by) AS screened_by, max(a.confidence) AS confidence,
         max(a.tlp) AS tlp, any_value(a.tags) AS tags, array_agg(a.feed_id ORDER BY a.feed_id) AS feed_ids,
         min(a.first_seen) AS first_seen, max(a.last_seen) AS last_seen,
         CASE WHEN bool_or(least(a.valid_until, a.expires_at) IS NULL) THEN NULL
           ELSE max(least(a.valid_until, a.expires_at)) END AS valid_until
       FROM (SELECT id, max(screened_by) AS screened_by FROM touched GROUP BY id) t
       JOIN attribution a ON a.indicator_id = t.id AND a.team_id = $1 AND a.until_generation IS NULL
       GROUP BY a.indicator_id
     ) live JOIN indicator i ON i.id = live.indicator_id ${STANDING_TOMBSTONE("live.indicator_id")}
     ${OVER_VIEW}`,
    [teamId, now],
  );
};

const INTO_VIEW = `
  INSERT INTO team_indicator AS seen (team_id, indicator_id, type, active, screened_by, confidence, tlp, tags, feed_ids,
    first_seen, last_seen, valid_until, added_at, changed_at)`;

const STANDING_TOMBSTONE = (indicatorId: string): string =>
  `LEFT JOIN tombstone x ON x.team_id = $1 AND x.indicator_id = ${indicatorId} AND x.lifted_at IS NULL`;

const OVER_VIEW = `
  ON CONFLICT (team_id, indicator_id) DO UPDATE SET
    active = excluded.active, screened_by = coalesce(excluded.screened_by, seen.screened_by),
    confidence = excluded.confidence, halvings = 0, tlp = excluded.tlp, tags = excluded.tags, feed_ids = excluded.feed_ids,
    first_seen = excluded.first_seen, last_seen = excluded.last_seen, valid_until = excluded.valid_until,
    added_at = CASE WHEN seen.active THEN seen.added_at ELSE excluded.added_at END, changed_at = excluded.changed_at`;

/**
 * How many of the feed's values are live: vouched for, not past their end, and kept in by no allowlist; and how many of these
 * no other feed of the team has (`unique`).
 */
export const countLive = async (client: PoolClient, feedId: string, teamId: string): Promise<LiveCount> => {
  const { rows: vouched } = await client.query<{ isMany: boolean }>(
    `SELECT count(*) > ${String(FEW)} AS "isMany" FROM (
       SELECT FROM attribution WHERE feed_id = $1 AND until_generation IS NULL LIMIT ${String(FEW + 1)}) vouched`,
    [feedId],
  );
  if (vouched[0]?.isMany) return countManyLive(client, feedId, teamId);
  // OFFSET keeps the look-up inside, so that it is made by the whole key for each of the few.
  const { rows } = await client.query<LiveCount>(
    `SELECT count(*)::int AS active, (count(*) FILTER (WHERE cardinality(t.feed_ids) = 1))::int AS "unique"
     FROM attribution a CROSS JOIN LATERAL (
       SELECT feed_ids FROM team_indicator t
       WHERE t.team_id = $2 AND t.indicator_id = a.indicator_id AND t.active AND t.screened_by IS NULL
         AND NOT ${FADED} OFFSET 0) t
     WHERE a.feed_id = $1 AND a.until_generation IS NULL AND ${STANDS("least(a.valid_until, a.expires_at)")}`,
    [feedId, teamId],
  );
  return rows[0] ?? { active: 0, unique: 0 };
};

// By the team's rules its confidence is at the floor, whatever end the sources name.
const FADED = "(t.halvings > 0 AND coalesce(t.valid_until <= now(), false))";

const IS_SHARED = `cardinality(t.feed_ids) > 1 AND NOT ${FADED}`;

type LiveCount = { active: number; unique: number };

const STANDS = (end: string): string => `(${end} IS NULL OR ${end} > now())`;

// What one feed alone vouches for ends in the team's view when it ends for the feed, so that needs no look at each attribution.
const countManyLive = async (client: PoolClient, feedId: string, teamId: string): Promise<LiveCount> => {
  // The list of ids is made even when there are too many to be sent, 8 bytes each: a second look at the view would cost more.
  const { rows: alone } = await client.query<{ unique: number; isMany: boolean; few: string[] | null }>(
    `SELECT (count(*) FILTER (WHERE feed_ids = ARRAY[$1::uuid] AND ${STANDS("valid_until")}))::int AS "unique",
       count(*) FILTER (WHERE ${IS_SHARED}) > ${String(FEW)} AS "isMany",
       CASE WHEN count(*) FILTER (WHERE ${IS_SHARED}) <= ${String(FEW)}
         THEN array_agg(indicator_id) FILTER (WHERE ${IS_SHARED}) END AS few
     FROM team_indicator t WHERE team_id = $2 AND active AND screened_by IS NULL AND feed_ids @> ARRAY[$1::uuid]`,
    [feedId, teamId],
  );
  const { unique, isMany, few } = alone[0] ?? { unique: 0, isMany: false, few: null };
  const shared = isMany
    ? await countShared(client, feedId, teamId)
    : await countStanding(client, feedId, few);
  return { active: unique + shared, unique };
};

// Of values that other feeds of the team have, too, the view does not say when they end for this one.
const countStanding = async (
  client: PoolClient,
  feedId: string,
  few: readonly string[] | null,
): Promise<number> => {
  if (few === null) return 0;
  // OFFSET has each of the few looked up, instead of the few looked through for each of the feed's rows.
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM unnest($2::bigint[]) AS shared (id) CROSS JOIN LATERAL (
       SELECT FROM attribution a
       WHERE a.feed_id = $1 AND a.indicator_id = shared.id AND a.until_generation IS NULL
         AND ${STANDS("least(a.valid_until, a.expires_at)")} OFFSET 0) standing`,
    [feedId, few],
  );
  return rows[0]?.count ?? 0;
};

const countShared = async (client: PoolClient, feedId: string, teamId: string): Promise<number> => {
  const { rows } = await hashing(client, () =>
    client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM attribution a
       JOIN team_indicator t ON t.team_id = $2 AND t.indicator_id = a.indicator_id AND t.active AND t.screened_by IS NULL
         AND ${IS_SHARED}
       WHERE a.feed_id = $1 AND a.until_generation IS NULL AND ${STANDS("least(a.valid_until, a.expires_at)")}`,
      [feedId, teamId],
    ),
  );
  return rows[0]?.count ?? 0;
};
