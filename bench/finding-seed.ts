import { randomUUID } from "node:crypto";

import type { Client } from "pg";

import { makeTeam, type TestTeam } from "@/lib/testing/people";

/** At a scale of 1; each of 20 teams has two lists and its own. */
const VALUES = 2_000_000;
const ATTRIBUTIONS = 5_000_000;
const TEAMS = 20;
/** Of a thousand attributions, the first team's, the second's, each other's, and the last one's. */
const SHARES = [200, 100, 41, 3];
const RECEIPTS = 15_000;

export type Scenario = {
  /** The largest team, one of the usual size, and the smallest. */
  teams: readonly TestTeam[];
  values: number;
  attributions: number;
};

/**
 * Fills the database with what a large installation holds, set by set, as superuser: two million values of all types that
 * twenty teams have five million times, loaded list by list, so that what stands together in time is of one feed.
 */
export const seedScenario = async (owner: Client, scale: number, userId: string): Promise<Scenario> => {
  const teams: TestTeam[] = [];
  for (let number = 1; number <= TEAMS; number += 1)
    teams.push(await makeTeam(`Finding ${String(number)} of ${String(Date.now())}`));
  const values = Math.round(VALUES * scale);
  const other = randomUUID();
  await owner.query("CREATE EXTENSION IF NOT EXISTS pgcrypto");
  await owner.query(SCENARIO_FEED);
  await owner.query(SHARE_OUT, [teams.map(({ id }) => id), SHARES, Math.round(ATTRIBUTIONS * scale), values]);
  await owner.query(FEEDS);
  await owner.query(RUNS, [userId, other]);
  await withoutIndexes(owner, ["indicator", "attribution", "team_indicator"], async () => {
    await owner.query(INDICATORS, [values]);
    await owner.query("SELECT setval('indicator_id_seq', $1)", [values + 1]);
    await owner.query(ATTRIBUTED, [values]);
    await owner.query(VIEW);
  });
  await owner.query(DESTINATIONS);
  await owner.query(SENT, [Math.round(RECEIPTS * Math.min(1, scale * 4))]);
  for (const table of ["indicator", "attribution", "team_indicator", "receipt", "feed", "feed_run", "team"])
    await owner.query(`VACUUM (ANALYZE) ${table}`);
  const { rows } = await owner.query<{ count: number }>("SELECT count(*)::int AS count FROM attribution");
  return {
    teams: teams.filter((_, index) => index === 0 || index === 2 || index === TEAMS - 1),
    values,
    attributions: rows[0]?.count ?? 0,
  };
};

/** Indexes that hold no rule are made once the rows are there, which is sooner than row by row. */
const withoutIndexes = async (
  owner: Client,
  tables: readonly string[],
  run: () => Promise<void>,
): Promise<void> => {
  const { rows } = await owner.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE indrelid = ANY ($1::regclass[]) AND NOT indisunique`,
    [tables],
  );
  for (const { name } of rows) await owner.query(`DROP INDEX ${name}`);
  await run();
  for (const { definition } of rows) await owner.query(definition);
};

const SCENARIO_FEED = `
  CREATE TEMPORARY TABLE scenario_feed (
    id uuid NOT NULL DEFAULT gen_random_uuid(), team_id uuid NOT NULL, nr int NOT NULL, size int NOT NULL, start int NOT NULL)`;

// The second list shares a tenth of the first; a team's own list lies within both.
const SHARE_OUT = `
  INSERT INTO scenario_feed (team_id, nr, size, start)
  SELECT team.id, feed.nr, (total * feed.part)::int,
    ((team.nr - 1) * $4::bigint / 20 + (total * feed.behind)::int) % $4::bigint
  FROM unnest($1::uuid[]) WITH ORDINALITY AS team (id, nr)
    CROSS JOIN LATERAL (SELECT $3 * ($2::int[])[CASE WHEN team.nr = ${String(TEAMS)} THEN 4 ELSE least(team.nr, 3) END] / 1000.0 AS total)
    CROSS JOIN (VALUES (1, 0.60, 0), (2, 0.38, 0.54), (3, 0.02, 0.50)) AS feed (nr, part, behind)`;

const FEEDS = `
  INSERT INTO feed (id, team_id, name, kind, live_generation, last_run_number)
  SELECT id, team_id, 'List ' || nr, CASE nr WHEN 3 THEN 'local' ELSE 'csv' END::feed_kind, 200, 200 FROM scenario_feed`;

const RUNS = `
  INSERT INTO feed_run (id, feed_id, team_id, number, state, extent, trigger, requested_by)
  SELECT gen_random_uuid(), id, team_id, number, 'succeeded', 'delta', 'local',
    CASE WHEN number % 10 = 0 THEN $1 ELSE $2 END::uuid
  FROM scenario_feed CROSS JOIN generate_series(1, 200) AS number WHERE nr = 3`;

// UUIDv5 as identity.ts makes it. A hundred names hold a million hosts, as hosting companies do.
const INDICATORS = `
  INSERT INTO indicator (id, key, type, value)
  SELECT id, encode(set_byte(set_byte(substring(hash FOR 16), 6, get_byte(hash, 6) & 15 | 80),
    8, get_byte(hash, 8) & 63 | 128), 'hex')::uuid, type, value
  FROM (
    SELECT id, type, value, digest('\\x8f3f6f0e6c1c5d439c7e2f6d1f5b0a51'::bytea || convert_to(
      (ARRAY['ipv4','ipv6','ipv4-cidr','ipv6-cidr','domain','url','email','md5','sha1','sha256'])[type] || ':' || value,
      'UTF8'), 'sha1') AS hash
    FROM (
      SELECT id, type, CASE type
        WHEN 1 THEN concat_ws('.', 1 + id % 223, id / 223 % 256, id / 57088 % 256, 7)
        WHEN 2 THEN '2a01:' || to_hex(4096 + id % 60000) || ':' || to_hex(4096 + id / 60000) || '::1'
        WHEN 3 THEN concat_ws('.', 1 + id / 25 % 223, id / 5575 % 256, id / 1427200) || '.0/24'
        WHEN 4 THEN '2a02:' || to_hex(4096 + id / 25 % 60000) || ':' || to_hex(4096 + id / 1500000) || '::/48'
        WHEN 5 THEN left(digits, 10) || '.host-' || id % 100 || '.example.com'
        WHEN 6 THEN 'https://' || left(digits, 8) || '.pages-' || id % 1000 || '.example.net/'
          || substring(digits FROM 9 FOR 14) || '/login.php?id=' || right(digits, 6)
        WHEN 7 THEN left(digits, 9) || '@mail-' || id % 500 || '.example.org'
        WHEN 8 THEN digits
        WHEN 9 THEN digits || left(md5(digits), 8)
        ELSE digits || md5(digits) END AS value
      FROM (
        SELECT id, md5(id::text) AS digits, (ARRAY[1,5,6,10,5,1,6,10,5,1,6,8,5,1,10,9,5,2,3,1,5,6,4,7,10])[1 + id % 25] AS type
        FROM generate_series(1, $1::int) AS id
      ) numbered
    ) written
  ) hashed ON CONFLICT DO NOTHING`;

const ATTRIBUTED = `
  INSERT INTO attribution (feed_id, team_id, indicator_id, from_generation, line, confidence, tlp, tags, comment, threat_type,
    first_seen, last_seen, valid_until, fingerprint)
  SELECT f.id, f.team_id, i.id, 1 + line % 200, line, 20 * f.nr + hash % 40,
    CASE WHEN hash % 101 = 0 THEN 5 ELSE 1 + (f.nr + hash % 2) END,
    ARRAY['list-' || f.nr, 'campaign-' || hash % 500] || CASE WHEN hash % 20011 = 0 THEN '{rare}' ELSE '{}' END::text[],
    '', '', now() - (60 + hash % 300) * interval '1 day',
    now() - (line / 1000 % 60) * interval '1 day' - hash % 86400 * interval '1 second',
    CASE WHEN f.nr = 2 THEN now() + (hash % 12000 / 100.0 - 10) * interval '1 day' END, 0
  FROM scenario_feed f CROSS JOIN LATERAL generate_series(0, f.size - 1) AS line
    CROSS JOIN LATERAL (SELECT 1 + (f.start + line) % $1::int AS id) of
    JOIN indicator i ON i.id = of.id
    CROSS JOIN LATERAL (SELECT abs(hashint8(of.id)::bigint) AS hash) by_value
  ORDER BY f.nr, f.team_id, line`;

// Four of five came with the list's first run, the others since.
const VIEW = `
  INSERT INTO team_indicator (team_id, indicator_id, type, active, screened_by, confidence, tlp, tags, feed_ids, first_seen,
    last_seen, valid_until, added_at, changed_at)
  SELECT team_id, id, type, hash % 53 <> 0, CASE WHEN hash % 997 = 0 THEN 'built-in:private' END, confidence, tlp, tags,
    feed_ids, first_seen, last_seen, valid_until, at, at
  FROM (
    SELECT a.team_id, i.id, i.type, abs(hashint8(i.id)::bigint) AS hash, max(a.confidence) AS confidence, max(a.tlp) AS tlp,
      any_value(a.tags) AS tags, array_agg(a.feed_id) AS feed_ids, min(a.first_seen) AS first_seen,
      max(a.last_seen) AS last_seen, CASE WHEN bool_or(a.valid_until IS NULL) THEN NULL ELSE max(a.valid_until) END
        AS valid_until, min(f.nr) AS nr
    FROM attribution a JOIN indicator i ON i.id = a.indicator_id JOIN scenario_feed f ON f.id = a.feed_id
    GROUP BY a.team_id, i.id
  ) seen CROSS JOIN LATERAL (
    SELECT now() - CASE WHEN hash % 5 > 0 THEN (100 + 30 * nr) * interval '1 day' ELSE hash % 8640000 * interval '1 second' END
      AS at) added
  ORDER BY nr, team_id, at, id`;

const DESTINATIONS = `
  WITH made AS (
    INSERT INTO destination (id, kind, cloud, tenant_id, source_system)
    SELECT gen_random_uuid(), 'defender', 'sandbox', gen_random_uuid(), 'bench' FROM generate_series(1, 20) RETURNING id
  )
  INSERT INTO connector (id, team_id, destination_id, name, kind, client_id)
  SELECT gen_random_uuid(), f.team_id, made.id, 'Defender', 'defender', gen_random_uuid()
  FROM (SELECT id, row_number() OVER () AS nr FROM made) made
    JOIN (SELECT team_id, row_number() OVER () AS nr FROM scenario_feed WHERE nr = 1) f USING (nr)`;

const SENT = `
  INSERT INTO receipt (connector_id, indicator_id, team_id, state)
  SELECT c.id, t.indicator_id, c.team_id,
    CASE WHEN t.indicator_id % 97 = 0 THEN 'failed' WHEN t.indicator_id % 3 = 0 THEN 'accepted' ELSE 'visible' END::receipt_state
  FROM scenario_feed f JOIN connector c ON c.team_id = f.team_id CROSS JOIN LATERAL (
    SELECT indicator_id FROM team_indicator t WHERE t.team_id = f.team_id ORDER BY t.indicator_id LIMIT $1) t
  WHERE f.nr = 1`;
