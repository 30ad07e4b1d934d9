import type { PoolClient } from "pg";

import { MOST_HALVINGS } from "@/lib/domain/indicator/fading";

import { goodRun } from "./good-run";

/**
 * When a feed was last read whole and well, as an expression on its row: all that it holds was seen then. Null for a team's own
 * list, whose values are seen when a person adds them, and for feeds that only ever give changes. A subscription is looked at when
 * its source is: taking it in says nothing of that.
 */
export const feedLook = (feed: string): string => `
  CASE ${feed}.kind WHEN 'local' THEN NULL WHEN 'subscription' THEN ${feed}.source_seen_at ELSE ${lastLook(`${feed}.id`)} END`;

/** The end of a feed's last run that read it whole and well, as an expression; its id is one, too. */
export const lastLook = (feedId: string): string => `
  (SELECT max(look.finished_at) FROM feed_run look
   WHERE look.feed_id = ${feedId} AND look.extent = 'full' AND ${goodRun("look")})`;

/** When a feed was last seen to hold a value, as an expression on the attribution's row and the feed's look. */
export const sighting = (attribution: string, look: string): string =>
  `CASE WHEN ${attribution}.absent_from_run IS NULL THEN greatest(${attribution}.last_seen, ${look}) ELSE ${attribution}.last_seen END`;

// As `fade` (lib/domain/indicator/fading.ts) says; a test holds the two against each other.
const fadedView = (candidates: string): string => `
  SELECT x.id, x.halvings, (x.stated >> x.halvings)::smallint AS confidence,
    CASE WHEN x.halvings >= x.last THEN least(x.ends, x.sighted_at + x.last * x.half_life_days * interval '24 hours')
      ELSE x.ends END AS valid_until
  FROM (
    SELECT m.*,
      CASE WHEN m.half_life_days IS NULL THEN 0 ELSE least(${String(MOST_HALVINGS)}, greatest(0,
        floor(extract(epoch FROM $2::timestamptz - m.sighted_at) / (m.half_life_days * 86400))))::int END AS halvings,
      coalesce((SELECT min(step) FROM generate_series(1, ${String(MOST_HALVINGS)}) step WHERE m.stated >> step <= m.floor),
        ${String(MOST_HALVINGS)}) AS last
    FROM (
      SELECT t.indicator_id AS id, d.half_life_days, d.floor, max(a.confidence)::int AS stated,
        max(${sighting("a", "looks.at")}) AS sighted_at,
        CASE WHEN bool_or(least(a.valid_until, a.expires_at) IS NULL) THEN NULL
          ELSE max(least(a.valid_until, a.expires_at)) END AS ends
      FROM (${candidates}) t
      JOIN attribution a ON a.team_id = $1 AND a.indicator_id = t.indicator_id AND a.until_generation IS NULL
      JOIN looks ON looks.id = a.feed_id
      LEFT JOIN decay_rule d ON d.team_id = $1 AND d.type = t.type
      GROUP BY t.indicator_id, d.half_life_days, d.floor
    ) m
  ) x`;

const LOOKS = `WITH looks AS MATERIALIZED (SELECT f.id, ${feedLook("f")} AS at FROM feed f WHERE f.team_id = $1)`;

/** Whether confidence in anything fades in the team. */
export const hasFading = async (client: PoolClient, teamId: string): Promise<boolean> => {
  const { rowCount } = await client.query("SELECT FROM decay_rule WHERE team_id = $1 LIMIT 1", [teamId]);
  return rowCount === 1;
};

/** Lets the team's rules hold for rows of its view that were merged just now, named by a query for ids. */
export const fadeMerged = async (
  client: PoolClient,
  teamId: string,
  { ids, now }: { ids: string; now: Date },
): Promise<void> => {
  const merged = `SELECT indicator_id, type FROM team_indicator WHERE team_id = $1 AND active AND indicator_id IN (${ids})`;
  await writeFaded(client, teamId, { candidates: merged, now });
};

/** Lists in `fading` what time, a sighting or a change of the team's rules has made of its view, without writing there. */
export const listFading = async (client: PoolClient, teamId: string, now: Date): Promise<number> => {
  await client.query("CREATE TEMPORARY TABLE fading (id bigint NOT NULL) ON COMMIT DROP");
  // Nothing is seen earlier than the view says, so that most of a fresh set is not looked at.
  const candidates = `
    SELECT t.indicator_id, t.type FROM team_indicator t LEFT JOIN decay_rule d ON d.team_id = $1 AND d.type = t.type
    WHERE t.team_id = $1 AND t.active
      AND (t.halvings > 0 OR t.last_seen <= $2::timestamptz - d.half_life_days * interval '24 hours')`;
  const { rowCount } = await client.query(
    `${LOOKS} INSERT INTO fading
     SELECT f.id FROM (${fadedView(candidates)}) f JOIN team_indicator t ON t.team_id = $1 AND t.indicator_id = f.id
     WHERE ${DIFFERS}`,
    [teamId, now],
  );
  return rowCount ?? 0;
};

/** Writes what `listFading` listed, as it stands by now; gives how many rows changed. */
export const writeFading = (client: PoolClient, teamId: string, now: Date): Promise<number> => {
  const candidates = `
    SELECT t.indicator_id, t.type FROM fading f JOIN team_indicator t ON t.team_id = $1 AND t.indicator_id = f.id
    WHERE t.active`;
  return writeFaded(client, teamId, { candidates, now });
};

const DIFFERS = `(t.halvings, t.confidence, t.valid_until) IS DISTINCT FROM (f.halvings::smallint, f.confidence, f.valid_until)`;

const writeFaded = async (
  client: PoolClient,
  teamId: string,
  { candidates, now }: { candidates: string; now: Date },
): Promise<number> => {
  const { rowCount } = await client.query(
    `${LOOKS} UPDATE team_indicator t
     SET halvings = f.halvings, confidence = f.confidence, valid_until = f.valid_until, changed_at = $2
     FROM (${fadedView(candidates)}) f
     WHERE t.team_id = $1 AND t.indicator_id = f.id AND ${DIFFERS}`,
    [teamId, now],
  );
  return rowCount ?? 0;
};
