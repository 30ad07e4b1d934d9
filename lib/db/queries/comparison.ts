import type { PoolClient } from "pg";

import { fingerprintOf } from "./fingerprint";

/** What a feed vouched for in one generation, staged: for the live one, and for those whose bytes are not kept. */
export const stageAttributions = async (
  client: PoolClient,
  { feedId, generation }: { feedId: string; generation: number },
): Promise<void> => {
  await client.query(
    `INSERT INTO stage (key, type, value, line, confidence, tlp, tags, comment, threat_type, first_seen, last_seen,
       valid_until, context)
     SELECT i.key, i.type, i.value, a.line, a.confidence, a.tlp, a.tags, a.comment, a.threat_type, a.first_seen,
       a.last_seen, a.valid_until, a.context
     FROM attribution a JOIN indicator i ON i.id = a.indicator_id
     WHERE a.feed_id = $1 AND a.from_generation <= $2 AND (a.until_generation IS NULL OR a.until_generation > $2)
       AND a.absent_from_run IS NULL`,
    [feedId, generation],
  );
};

/** Sets the stage aside under a name, so that another can be filled. */
export const keepStageAs = async (
  client: PoolClient,
  name: "this_generation" | "other_generation",
): Promise<void> => {
  await client.query("DROP TABLE IF EXISTS twice");
  await client.query(`ALTER TABLE stage RENAME TO ${name}`);
  await client.query(`ANALYZE ${name} (key)`);
};

export type DifferenceKind = "added" | "removed" | "changed";
export type DifferenceCounts = Record<DifferenceKind | "unchanged", number>;

/** Compares the two kept stages row by row; `listDifferences` then reads what differs. */
export const findDifferences = async (client: PoolClient): Promise<DifferenceCounts> => {
  await client.query(`
    CREATE TEMPORARY TABLE difference ON COMMIT DROP AS
    SELECT key, coalesce(n.line, o.line) AS line,
      CASE WHEN o.key IS NULL THEN 'added' WHEN n.key IS NULL THEN 'removed' ELSE 'changed' END AS kind
    FROM this_generation n FULL JOIN other_generation o USING (key)
    WHERE o.key IS NULL OR n.key IS NULL OR ${fingerprintOf("n")} <> ${fingerprintOf("o")}`);
  const { rows } = await client.query<{ kind: DifferenceKind; count: number }>(
    "SELECT kind, count(*)::int AS count FROM difference GROUP BY kind",
  );
  const { rows: all } = await client.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM this_generation",
  );
  const counts = { added: 0, removed: 0, changed: 0, unchanged: 0 };
  for (const { kind, count } of rows) counts[kind] = count;
  return { ...counts, unchanged: (all[0]?.count ?? 0) - counts.added - counts.changed };
};

export type StagedRow = {
  line: number;
  confidence: number;
  tlp: number;
  tags: string[];
  comment: string;
  threatType: string;
  validUntil: string | null;
};
export type DifferenceRow = {
  key: string;
  line: number;
  type: number;
  value: string;
  before: StagedRow | null;
  after: StagedRow | null;
};
/** The last row seen of a list. */
export type DifferencePlace = { line: number; key: string };

/** One page of what was added, removed or changed, in the order of the lines. */
export const listDifferences = async (
  client: PoolClient,
  { kind, after, limit }: { kind: DifferenceKind; after: DifferencePlace | null; limit: number },
): Promise<DifferenceRow[]> => {
  const { rows } = await client.query<DifferenceRow>(
    `SELECT d.key, d.line, coalesce(n.type, o.type) AS type, coalesce(n.value, o.value) AS value,
       CASE WHEN o.key IS NOT NULL THEN ${rowJson("o")} END AS before,
       CASE WHEN n.key IS NOT NULL THEN ${rowJson("n")} END AS after
     FROM (
       SELECT * FROM difference
       WHERE kind = $1 AND ($2::int IS NULL OR (line, key) > ($2::int, $3::uuid)) ORDER BY line, key LIMIT $4
     ) d
     LEFT JOIN this_generation n ON n.key = d.key LEFT JOIN other_generation o ON o.key = d.key
     ORDER BY d.line, d.key`,
    [kind, after?.line ?? null, after?.key ?? null, limit],
  );
  return rows;
};

const rowJson = (row: string): string =>
  `jsonb_build_object('line', ${row}.line, 'confidence', ${row}.confidence, 'tlp', ${row}.tlp, 'tags', ${row}.tags,
    'comment', ${row}.comment, 'threatType', ${row}.threat_type, 'validUntil', ${row}.valid_until)`;
