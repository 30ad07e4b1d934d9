import type { PoolClient } from "pg";

import { standingDays, type RemovalRule } from "@/lib/domain/feed/removal";

import { fingerprintOf } from "./fingerprint";
import { isFew, lookingUp } from "./planning";
import { ageOf, withdrawMissing } from "./removal";
import { createTouched } from "./team-view";

/**
 * The set SQL that turns staged rows into a feed's next generation. Every statement runs on the one connection of the
 * run's transaction; the stage is a temporary table, since COPY cannot write to a table under a row policy.
 */
export const STAGE_COLUMNS = [
  "key",
  "type",
  "value",
  "line",
  "confidence",
  "tlp",
  "tags",
  "comment",
  "threat_type",
  "first_seen",
  "last_seen",
  "valid_until",
  "context",
  "screened_by",
] as const;

/** Makes the empty stage; it is dropped with the transaction. */
export const createStage = async (client: PoolClient): Promise<void> => {
  await client.query(`
    CREATE TEMPORARY TABLE stage (
      key uuid NOT NULL, type smallint NOT NULL, value text COLLATE "C" NOT NULL, line int NOT NULL,
      confidence smallint NOT NULL, tlp smallint NOT NULL, tags text[] NOT NULL, comment text NOT NULL,
      threat_type text NOT NULL, first_seen timestamptz, last_seen timestamptz, valid_until timestamptz,
      context jsonb, screened_by text
    ) ON COMMIT DROP`);
};

/**
 * Merges rows of one value into its first line: highest confidence, strictest TLP, tags united, first comment and
 * threat type, earliest and latest sighting, latest validity (none = no end). Returns how many rows went.
 */
export const mergeDuplicates = async (client: PoolClient): Promise<number> => {
  await client.query("ANALYZE stage (key)");
  const { rowCount } = await client.query(`
    CREATE TEMPORARY TABLE twice ON COMMIT DROP AS
    SELECT key FROM stage GROUP BY key HAVING count(*) > 1`);
  if (!rowCount) return 0;
  const removed = await client.query<{ removed: string }>(`
    WITH gone AS (
      DELETE FROM stage USING twice WHERE stage.key = twice.key RETURNING stage.*
    ), united AS (
      SELECT key, array_agg(DISTINCT tag ORDER BY tag) AS tags
      FROM gone CROSS JOIN unnest(gone.tags) tag GROUP BY key
    ), merged AS (
      INSERT INTO stage
      SELECT gone.key, min(type), min(value), min(line), max(confidence), max(tlp),
        coalesce(any_value(united.tags), '{}'),
        coalesce((array_agg(comment ORDER BY line) FILTER (WHERE comment <> ''))[1], ''),
        coalesce((array_agg(threat_type ORDER BY line) FILTER (WHERE threat_type <> ''))[1], ''),
        min(first_seen), max(last_seen),
        CASE WHEN bool_or(valid_until IS NULL) THEN NULL ELSE max(valid_until) END,
        (array_agg(context ORDER BY line) FILTER (WHERE context IS NOT NULL))[1], min(screened_by)
      FROM gone LEFT JOIN united ON united.key = gone.key GROUP BY gone.key RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM merged) AS removed`);
  return Number(removed.rows[0]?.removed ?? 0);
};

/** How many staged values would be live: those that no allowlist keeps in. */
export const countStaged = async (client: PoolClient): Promise<{ all: number; screened: number }> => {
  const { rows } = await client.query<{ total: string; screened: string }>(
    "SELECT count(*) AS total, count(screened_by) AS screened FROM stage",
  );
  return { all: Number(rows[0]?.total ?? 0), screened: Number(rows[0]?.screened ?? 0) };
};

type TypeCount = { type: number; count: number };

/** How many distinct values of each type are staged. */
export const countStagedByType = async (client: PoolClient): Promise<TypeCount[]> =>
  (await client.query<TypeCount>("SELECT type, count(*)::int AS count FROM stage GROUP BY type")).rows;

/** How many values of each type the feed vouches for now, those gone upstream but kept left out. */
export const countVouchedByType = async (client: PoolClient, feedId: string): Promise<TypeCount[]> => {
  const { rows } = await client.query<TypeCount>(
    `SELECT i.type, count(*)::int AS count FROM attribution a JOIN indicator i ON i.id = a.indicator_id
     WHERE a.feed_id = $1 AND a.until_generation IS NULL AND a.absent_from_run IS NULL GROUP BY i.type`,
    [feedId],
  );
  return rows;
};

/**
 * Adds the values that nobody had, in the order of their keys (two runs at once cannot wait for each other in a
 * circle), and compares every staged row with what the feed vouches for. Throws when one key stands for two values.
 */
export const compareStage = async (client: PoolClient, feedId: string, rule: RemovalRule): Promise<void> => {
  // What is found in `indicator` from here on is not purged before this transaction is over: the sweep of orphans takes a lock
  // that excludes this one, and no foreign key guards against it.
  await client.query("LOCK TABLE indicator IN ROW EXCLUSIVE MODE");
  const addUnknown = () =>
    client.query(`
      INSERT INTO indicator (key, type, value)
      SELECT key, type, value FROM stage s
      WHERE NOT EXISTS (SELECT FROM indicator i WHERE i.key = s.key)
      ORDER BY key
      ON CONFLICT (key) DO NOTHING`);
  await ((await isFew(client, "stage")) ? lookingUp(client, addUnknown) : addUnknown());
  await client.query(`
    CREATE TEMPORARY TABLE resolved (
      id bigint, attribution_id bigint, old_first_seen timestamptz, verdict text, fingerprint bigint, is_same boolean,
      LIKE stage
    ) ON COMMIT DROP`);
  await client.query(
    `INSERT INTO resolved
     SELECT m.id, a.id, a.first_seen,
       CASE WHEN a.id IS NULL THEN 'added'
            WHEN a.fingerprint <> m.fingerprint OR a.absent_from_run IS NOT NULL THEN 'changed'
            WHEN a.expires_at IS DISTINCT FROM a.first_seen + ${ageOf("m.type", "$2")} THEN 'changed'
            ELSE 'unchanged' END,
       m.fingerprint, m.is_same, m.key, m.type, m.value, m.line, m.confidence, m.tlp, m.tags, m.comment,
       m.threat_type, m.first_seen, m.last_seen, m.valid_until, m.context, m.screened_by
     FROM (
       SELECT i.id, i.type = s.type AND i.value = s.value AS is_same, ${fingerprintOf("s")} AS fingerprint, s.*
       FROM stage s JOIN indicator i ON i.key = s.key
     ) m
     LEFT JOIN attribution a ON a.feed_id = $1 AND a.until_generation IS NULL AND a.indicator_id = m.id`,
    [feedId, standingDays(rule)],
  );
  const { rowCount } = await client.query("SELECT FROM resolved WHERE NOT is_same LIMIT 1");
  if (rowCount) throw new Error("Two values share one computed id.");
};

export type Diff = {
  added: number;
  changed: number;
  unchanged: number;
  /** Values that an allowlist keeps in, whatever became of their attribution. */
  allowlisted: number;
  removed: number;
  /** Values whose merged view has to be made anew; 0 means that nothing of the team changed. */
  touched: number;
};

export type DiffOptions = {
  feedId: string;
  teamId: string;
  generation: number;
  now: Date;
  rule: RemovalRule;
  /** `all`: what the stage lacks is gone. `changes`: what it lacks stays as it was. */
  stageHolds: "all" | "changes";
  extent: "full" | "delta";
  /** What was passed over as known instead of staged; what was met of it is not listed in `unseen`. Null: all was staged. */
  passed?: { all: number; screened: number } | null;
};

/**
 * Closes and opens intervals so that the feed vouches for the compared rows from this generation on; `refreshTeam` then
 * brings the team's view along. Unchanged rows are not touched; a run without a change writes nothing.
 */
export const writeDiff = async (client: PoolClient, options: DiffOptions): Promise<Diff> => {
  const counts = await countVerdicts(client);
  const { passed = null } = options;
  counts.diff.unchanged += passed === null ? 0 : passed.all - passed.screened;
  counts.diff.allowlisted += passed === null ? 0 : passed.screened;
  await createTouched(client);
  const { closed, marked } =
    options.stageHolds === "all"
      ? await withdrawMissing(client, {
          ...options,
          isFullRun: options.extent === "full",
          hasUnseen: passed !== null,
        })
      : NOTHING_GONE;
  if (counts.writes > 0) await writeIntervals(client, options);
  const touched = counts.writes + closed + marked;
  return { ...counts.diff, removed: closed, touched };
};

const NOTHING_GONE = { closed: 0, marked: 0 };

const countVerdicts = async (
  client: PoolClient,
): Promise<{ diff: Omit<Diff, "removed" | "touched">; writes: number }> => {
  const { rows } = await client.query<{
    verdict: "added" | "changed" | "unchanged";
    screened: boolean;
    count: string;
  }>("SELECT verdict, screened_by IS NOT NULL AS screened, count(*) FROM resolved GROUP BY 1, 2");
  const diff = { added: 0, changed: 0, unchanged: 0, allowlisted: 0 };
  let writes = 0;
  for (const { verdict, screened, count } of rows) {
    diff[screened ? "allowlisted" : verdict] += Number(count);
    if (verdict !== "unchanged") writes += Number(count);
  }
  return { diff, writes };
};

const writeIntervals = async (
  client: PoolClient,
  { feedId, teamId, generation, now, rule }: DiffOptions,
): Promise<void> => {
  await client.query(
    `UPDATE attribution a SET until_generation = $1 FROM resolved r
     WHERE a.id = r.attribution_id AND r.verdict = 'changed' AND a.from_generation < $1`,
    [generation],
  );
  await client.query(
    `INSERT INTO attribution (feed_id, team_id, indicator_id, from_generation, line, confidence, tlp, tags, comment,
       threat_type, first_seen, last_seen, valid_until, expires_at, context, fingerprint)
     SELECT $1, $2, id, $3, line, confidence, tlp, tags, comment, threat_type, x.first_seen, coalesce(last_seen, $4),
       valid_until, x.first_seen + ${ageOf("type", "$5")}, context, fingerprint
     FROM resolved
     CROSS JOIN LATERAL (
       SELECT least(coalesce(resolved.first_seen, $4), old_first_seen, $4)::timestamptz(3) AS first_seen
     ) x
     WHERE verdict <> 'unchanged'`,
    [feedId, teamId, generation, now, standingDays(rule)],
  );
  await client.query(
    "INSERT INTO touched SELECT id, screened_by, false FROM resolved WHERE verdict <> 'unchanged'",
  );
};
