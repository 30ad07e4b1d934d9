import "server-only";

import type { PoolClient } from "pg";

import { compareStage, createStage } from "@/lib/db/queries/generation";
import { lookingUp } from "@/lib/db/queries/planning";
import type { EntryChange } from "@/lib/domain/indicator/bulk-change";
import { KEEP_ALL } from "@/lib/domain/feed/removal";
import { tlpCode } from "@/lib/domain/indicator/types";
import { openLocalFeed } from "@/lib/services/indicators/local-feed";
import { writeEntries } from "@/lib/services/indicators/write-entries";

import type { ItemOutcome } from "./outcome";

type Options = {
  teamId: string;
  ids: readonly string[];
  change: EntryChange;
  userId: string;
  /** Named as who added what is adopted. */
  userName: string;
  now: Date;
};

/**
 * Changes the team's own entries of these values, as adding them again would: a feed's word is never changed, and stays beside. To
 * be called under `lockTeam`.
 */
export const changeEntries = async (client: PoolClient, options: Options): Promise<ItemOutcome[]> => {
  const { teamId, change, userId, now } = options;
  await choose(client, options);
  await edit(client, change);
  await createStage(client);
  const { rowCount } = await client.query(
    `INSERT INTO stage
     SELECT c.key, c.type, c.value, c.line, c.confidence, c.tlp, c.tags, c.comment, c.threat_type, c.first_seen, c.last_seen,
       c.valid_until,
       -- Nobody approved what it says now.
       CASE WHEN (c.confidence, c.tlp, c.tags, c.valid_until) IS DISTINCT FROM
         (own.confidence, own.tlp, own.tags, own.valid_until) THEN c.context - 'approvedBy' ELSE c.context END,
       c.screened_by
     FROM chosen c LEFT JOIN attribution own ON own.id = c.own_id WHERE c.outcome IS NULL`,
  );
  if (rowCount) {
    const feed = await openLocalFeed(client, teamId);
    await compareStage(client, { feedId: feed.id, rule: KEEP_ALL, now, isRegistered: true });
    const counts = { lines: rowCount, values: rowCount };
    await writeEntries(client, { teamId, feed, now, requestedBy: userId, counts });
  }
  return readOutcomes(client, teamId, change);
};

/**
 * The values as the team's own entry has them, or, where it has none, as feeds say together, not what has faded of it; and which are
 * left alone.
 */
const choose = async (client: PoolClient, { teamId, ids, change, userName, now }: Options): Promise<void> => {
  await client.query(
    `CREATE TEMPORARY TABLE chosen (
       id bigint NOT NULL, outcome text, own_id bigint, key uuid, type smallint, value text COLLATE "C", line int,
       confidence smallint, tlp smallint, tags text[], comment text, threat_type text, first_seen timestamptz,
       last_seen timestamptz, valid_until timestamptz, context jsonb, screened_by text
     ) ON COMMIT DROP`,
  );
  // A person who says something of a value saw it, as one who adds it again; what stays as it is keeps when it was seen.
  const find = () =>
    client.query(
      `INSERT INTO chosen
       SELECT asked.id,
         CASE WHEN t.indicator_id IS NULL OR i.id IS NULL THEN 'gone' WHEN NOT t.active THEN 'withdrawn'
           WHEN own.id IS NULL AND NOT $3 THEN 'feeds-only' END,
         own.id, i.key, i.type, i.value, coalesce(own.line, 1), coalesce(own.confidence, said.confidence),
         coalesce(own.tlp, t.tlp), coalesce(own.tags, t.tags), coalesce(own.comment, ''), coalesce(own.threat_type, ''),
         coalesce(own.first_seen, t.first_seen), $5::timestamptz,
         CASE WHEN own.id IS NULL THEN said.ends ELSE own.valid_until END,
         CASE WHEN own.id IS NULL THEN $4::jsonb ELSE own.context END, t.screened_by
       FROM unnest($2::bigint[]) AS asked (id)
       LEFT JOIN team_indicator t ON t.team_id = $1 AND t.indicator_id = asked.id
       LEFT JOIN indicator i ON i.id = asked.id
       LEFT JOIN LATERAL (
         SELECT a.* FROM attribution a JOIN feed f ON f.id = a.feed_id
         WHERE a.team_id = $1 AND a.indicator_id = asked.id AND a.until_generation IS NULL AND f.kind = 'local'
       ) own ON true
       LEFT JOIN LATERAL (
         SELECT max(a.confidence) AS confidence, CASE WHEN bool_or(least(a.valid_until, a.expires_at) IS NULL) THEN NULL
           ELSE max(least(a.valid_until, a.expires_at)) END AS ends
         FROM attribution a WHERE a.team_id = $1 AND a.indicator_id = asked.id AND a.until_generation IS NULL
       ) said ON own.id IS NULL`,
      [teamId, ids, change.feedsOnly === "adopt", JSON.stringify({ addedBy: userName }), now],
    );
  await lookingUp(client, find);
};

const edit = async (client: PoolClient, change: EntryChange): Promise<void> => {
  switch (change.action) {
    case "validity":
      await client.query("UPDATE chosen SET valid_until = $1", [change.validUntil]);
      break;
    case "confidence":
      await client.query("UPDATE chosen SET confidence = $1", [change.confidence]);
      break;
    case "tlp":
      await client.query("UPDATE chosen SET tlp = $1", [tlpCode(change.tlp)]);
      break;
    case "tags":
      await client.query(
        `UPDATE chosen SET tags = ARRAY(
           SELECT tag FROM unnest(tags || $1::text[]) WITH ORDINALITY AS of_value (tag, place)
           WHERE tag <> ALL ($2::text[]) GROUP BY tag ORDER BY min(place))
         WHERE outcome IS NULL`,
        [change.add, change.remove],
      );
      await client.query(
        "UPDATE chosen SET outcome = 'too-many-tags' WHERE outcome IS NULL AND cardinality(tags) > $1",
        [MOST_TAGS],
      );
  }
};

/** As many as one that is added by hand may have, and as many again that its list gives. */
const MOST_TAGS = 100;

type Row = {
  id: string;
  outcome: "gone" | "withdrawn" | "feeds-only" | "too-many-tags" | null;
  beforeId: string | null;
  afterId: string | null;
  isShown: boolean | null;
};

// What the list shows now tells whether a feed's word outweighs what was asked.
const readOutcomes = async (
  client: PoolClient,
  teamId: string,
  change: EntryChange,
): Promise<ItemOutcome[]> => {
  const { condition, asked } = shownAs(change);
  const read = () =>
    client.query<Row>(
      `SELECT c.id, c.outcome, c.own_id AS "beforeId", own.id AS "afterId", ${condition} AS "isShown"
       FROM chosen c LEFT JOIN team_indicator t ON t.team_id = $1 AND t.indicator_id = c.id
       LEFT JOIN LATERAL (
         SELECT a.id FROM attribution a JOIN feed f ON f.id = a.feed_id
         WHERE a.team_id = $1 AND a.indicator_id = c.id AND a.until_generation IS NULL AND f.kind = 'local'
       ) own ON true`,
      [teamId, asked],
    );
  const { rows } = await lookingUp(client, read);
  return rows.map(({ id, outcome, beforeId, afterId, isShown }) => {
    if (outcome !== null) return { id, outcome };
    const isSame = beforeId === afterId;
    const became = isShown === true ? (isSame ? "unchanged" : "changed") : "outweighed";
    return isSame ? { id, outcome: became } : { id, outcome: became, beforeId, afterId };
  });
};

const shownAs = (change: EntryChange): { condition: string; asked: unknown } => {
  switch (change.action) {
    case "validity":
      return { condition: "t.valid_until IS NOT DISTINCT FROM $2::timestamptz", asked: change.validUntil };
    case "confidence":
      return { condition: "t.confidence = $2::smallint", asked: change.confidence };
    case "tlp":
      return { condition: "t.tlp = $2::smallint", asked: tlpCode(change.tlp) };
    case "tags":
      return { condition: "NOT t.tags && $2::text[]", asked: change.remove };
  }
};
