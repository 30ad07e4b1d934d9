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

/** So many values of a type are staged; `screened`: an allowlist keeps them in. */
export type StagedCount = { type: number; screened: boolean; count: number };

/**
 * Merges rows of one value into its first line: highest confidence, strictest TLP, tags united, first comment and
 * threat type, earliest and latest sighting, latest validity (none = no end). Returns how many rows went. `among` names the
 * keys that may have several rows; null: any may.
 */
export const mergeDuplicates = async (
  client: PoolClient,
  among: readonly string[] | null = null,
): Promise<readonly StagedCount[]> => {
  await client.query("ANALYZE stage (key)");
  if (among?.length === 0) return [];
  await client.query("CREATE TEMPORARY TABLE twice (key uuid NOT NULL, place tid NOT NULL) ON COMMIT DROP");
  await client.query(
    `INSERT INTO twice SELECT key, ctid FROM stage WHERE key ${
      among === null ? "IN (SELECT key FROM stage GROUP BY key HAVING count(*) > 1)" : "= ANY ($1::uuid[])"
    }`,
    among === null ? [] : [among],
  );
  const { rows } = await client.query<StagedCount>(`
    WITH gone AS (
      DELETE FROM stage WHERE ctid = ANY (ARRAY(
        SELECT place FROM twice WHERE key IN (SELECT key FROM twice GROUP BY key HAVING count(*) > 1)))
      RETURNING stage.*
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
      FROM gone LEFT JOIN united ON united.key = gone.key GROUP BY gone.key
    )
    SELECT type, screened, sum(count)::int AS count FROM (
      SELECT type, min(screened_by) IS NOT NULL AS screened, count(*) - 1 AS count FROM gone GROUP BY key, type
    ) of_key GROUP BY type, screened`);
  return rows;
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

type CompareOptions = {
  feedId: string;
  rule: RemovalRule;
  now: Date;
  /** Every staged value stands in `indicator` already (registrar.ts). */
  isRegistered?: boolean;
};

/**
 * Until this transaction is over, what is found in `indicator`, or added to it, is not swept away as an orphan: the sweep takes a
 * lock that excludes this one, and no foreign key guards against it.
 */
export const keepSweepOut = async (client: PoolClient): Promise<void> => {
  await client.query("LOCK TABLE indicator IN ROW EXCLUSIVE MODE");
};

/**
 * Adds the values that nobody had, in the order of their keys (two runs at once cannot wait for each other in a
 * circle), and compares every staged row with what the feed vouches for (`resolved`).
 */
export const compareStage = async (
  client: PoolClient,
  { feedId, rule, now, isRegistered = false }: CompareOptions,
): Promise<void> => {
  await keepSweepOut(client);
  const addUnknown = () =>
    client.query(`
      INSERT INTO indicator (key, type, value)
      SELECT key, type, value FROM stage s
      WHERE NOT EXISTS (SELECT FROM indicator i WHERE i.key = s.key)
      ORDER BY key
      ON CONFLICT (key) DO NOTHING`);
  if (!isRegistered) await ((await isFew(client, "stage")) ? lookingUp(client, addUnknown) : addUnknown());
  await createResolved(client);
  const staged = await client.query<{ count: number }>("SELECT count(*)::int AS count FROM stage");
  // A value was first seen when the earliest of all that said so did, and no later than now.
  const { rowCount } = await client.query(
    `INSERT INTO resolved
     SELECT m.id, a.id,
       CASE WHEN a.id IS NULL THEN 'added'
            WHEN a.fingerprint <> m.fingerprint OR a.absent_from_run IS NOT NULL THEN 'changed'
            WHEN a.expires_at IS DISTINCT FROM a.first_seen + ${ageOf("m.type", "$2")} THEN 'changed'
            ELSE 'unchanged' END,
       m.fingerprint, m.is_same, m.key, m.type, m.line, m.confidence, m.tlp, m.tags, m.comment, m.threat_type,
       x.first_seen, coalesce(m.last_seen, $3), m.valid_until, x.first_seen + ${ageOf("m.type", "$2")}, m.context,
       m.screened_by
     FROM (
       SELECT i.id, i.type = s.type AND i.value = s.value AS is_same, ${fingerprintOf("s")} AS fingerprint, s.*
       FROM stage s JOIN indicator i ON i.key = s.key
     ) m
     LEFT JOIN attribution a ON a.feed_id = $1 AND a.until_generation IS NULL AND a.indicator_id = m.id
     CROSS JOIN LATERAL (
       SELECT least(coalesce(m.first_seen, $3), a.first_seen, $3)::timestamptz(3) AS first_seen
     ) x
     -- In this order what is written below goes to the end of each index, which halves its time.
     ORDER BY m.id`,
    [feedId, standingDays(rule), now],
  );
  if (rowCount !== staged.rows[0]?.count) throw new Error("A staged value is not registered.");
};

/** What the feed will vouch for, as it will stand there, and how that compares with what stands (`attribution_id`). */
const createResolved = (client: PoolClient) =>
  client.query(`
    CREATE TEMPORARY TABLE resolved (
      id bigint NOT NULL, attribution_id bigint, verdict text NOT NULL, fingerprint bigint NOT NULL,
      is_same boolean NOT NULL, key uuid NOT NULL, type smallint NOT NULL, line int NOT NULL, confidence smallint NOT NULL,
      tlp smallint NOT NULL, tags text[] NOT NULL, comment text NOT NULL, threat_type text NOT NULL,
      first_seen timestamptz(3) NOT NULL, last_seen timestamptz(3) NOT NULL, valid_until timestamptz(3),
      expires_at timestamptz(3), context jsonb, screened_by text
    ) ON COMMIT DROP`);

export type Diff = {
  added: number;
  changed: number;
  unchanged: number;
  /** Values that an allowlist keeps in, whatever became of their attribution. */
  allowlisted: number;
  removed: number;
  /** Values whose merged view has to be made anew; 0 means that nothing of the team changed. */
  touched: number;
  /** Those of them that are the `verdict` of a row of `resolved`; the others are listed in `touched`. */
  opened: number;
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
 * brings the team's view along. Unchanged rows are not touched; a run without a change writes nothing. Throws when one key
 * stands for two values.
 */
export const writeDiff = async (client: PoolClient, options: DiffOptions): Promise<Diff> => {
  const { diff, opened, reopened } = await countVerdicts(client);
  const { passed = null } = options;
  diff.unchanged += passed === null ? 0 : passed.all - passed.screened;
  diff.allowlisted += passed === null ? 0 : passed.screened;
  await createTouched(client);
  const { closed, marked } =
    options.stageHolds === "all"
      ? await withdrawMissing(client, {
          ...options,
          isFullRun: options.extent === "full",
          hasUnseen: passed !== null,
        })
      : NOTHING_GONE;
  if (reopened > 0) await closeChanged(client, options.generation);
  if (opened > 0) await openIntervals(client, options);
  return { ...diff, removed: closed, touched: opened + closed + marked, opened };
};

const NOTHING_GONE = { closed: 0, marked: 0 };

type Verdicts = {
  diff: Pick<Diff, "added" | "changed" | "unchanged" | "allowlisted">;
  /** Intervals to be opened, and those of them that take the place of another. */
  opened: number;
  reopened: number;
};

const countVerdicts = async (client: PoolClient): Promise<Verdicts> => {
  const { rows } = await client.query<{
    verdict: "added" | "changed" | "unchanged";
    screened: boolean;
    isSame: boolean;
    count: string;
  }>(
    `SELECT verdict, screened_by IS NOT NULL AS screened, is_same AS "isSame", count(*) FROM resolved GROUP BY 1, 2, 3`,
  );
  const verdicts: Verdicts = {
    diff: { added: 0, changed: 0, unchanged: 0, allowlisted: 0 },
    opened: 0,
    reopened: 0,
  };
  for (const { verdict, screened, isSame, count } of rows) {
    if (!isSame) throw new Error("Two values share one computed id.");
    verdicts.diff[screened ? "allowlisted" : verdict] += Number(count);
    if (verdict !== "unchanged") verdicts.opened += Number(count);
    if (verdict === "changed") verdicts.reopened += Number(count);
  }
  return verdicts;
};

const closeChanged = async (client: PoolClient, generation: number): Promise<void> => {
  await client.query(
    `UPDATE attribution a SET until_generation = $1 FROM resolved r
     WHERE a.id = r.attribution_id AND r.verdict = 'changed' AND a.from_generation < $1`,
    [generation],
  );
};

const openIntervals = async (
  client: PoolClient,
  { feedId, teamId, generation }: DiffOptions,
): Promise<void> => {
  await client.query(
    `INSERT INTO attribution (feed_id, team_id, indicator_id, from_generation, line, confidence, tlp, tags, comment,
       threat_type, first_seen, last_seen, valid_until, expires_at, context, fingerprint)
     SELECT $1, $2, id, $3, line, confidence, tlp, tags, comment, threat_type, first_seen, last_seen, valid_until,
       expires_at, context, fingerprint
     FROM resolved WHERE verdict <> 'unchanged'`,
    [feedId, teamId, generation],
  );
};
