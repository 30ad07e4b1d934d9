import "server-only";

import type { PoolClient } from "pg";

import { compareStage, createStage } from "@/lib/db/queries/generation";
import { lookingUp } from "@/lib/db/queries/planning";
import { createTouched, refreshTeam } from "@/lib/db/queries/team-view";
import { KEEP_ALL } from "@/lib/domain/feed/removal";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { openLocalFeed } from "@/lib/services/indicators/local-feed";
import { closeOwn } from "@/lib/services/indicators/withdraw-values";
import { writeEntries } from "@/lib/services/indicators/write-entries";

import type { ItemOutcome } from "./outcome";

type Options = { teamId: string; undoOf: string; ids: readonly string[]; userId: string; now: Date };

/**
 * Puts the team's own entries and the tombstones of these values back to what they were before a change, where nobody set them
 * otherwise since. To be called under `lockTeam`.
 */
export const undoItems = async (client: PoolClient, options: Options): Promise<ItemOutcome[]> => {
  const { teamId, now, userId } = options;
  await listUndoing(client, options);
  await client.query(
    `UPDATE tombstone x SET lifted_at = $1, lifted_by = $2 FROM undoing u
     WHERE u.outcome = 'restored' AND x.id = u.tombstone_id`,
    [now, userId],
  );
  await reopen(client, options);
  await release(client, options);
  // It was there all the time.
  await client.query(
    `UPDATE team_indicator t SET added_at = u.added_at FROM undoing u
     WHERE u.outcome = 'restored' AND u.added_at IS NOT NULL AND t.team_id = $1 AND t.indicator_id = u.id`,
    [teamId],
  );
  const { rows } = await client.query<Pick<ItemOutcome, "id" | "outcome">>("SELECT id, outcome FROM undoing");
  return rows;
};

// An own entry that is newer than the change's, or a tombstone that it did not set, is somebody's later word, and so is that the
// change's own entry or tombstone does not stand any more.
const listUndoing = async (client: PoolClient, { teamId, undoOf, ids }: Options): Promise<void> => {
  await client.query(
    `CREATE TEMPORARY TABLE undoing (
       id bigint NOT NULL, outcome text NOT NULL, before_id bigint, after_id bigint, tombstone_id uuid, added_at timestamptz(3)
     ) ON COMMIT DROP`,
  );
  const list = () =>
    client.query(
      `INSERT INTO undoing
       SELECT x.indicator_id,
         CASE WHEN t.indicator_id IS NULL OR (x.before_id IS NOT NULL AND before.id IS NULL) THEN 'gone'
           WHEN own.live_id IS NOT DISTINCT FROM x.after_id AND coalesce(own.newest_id, 0) <= coalesce(x.newest_id, 0)
             AND dead.standing = CASE WHEN x.tombstone_id IS NULL THEN '{}' ELSE ARRAY[x.tombstone_id] END
             THEN 'restored'
           ELSE 'changed-since' END,
         x.before_id, x.after_id, x.tombstone_id, x.added_at
       FROM bulk_change_item x
       LEFT JOIN team_indicator t ON t.team_id = $1 AND t.indicator_id = x.indicator_id
       LEFT JOIN attribution before ON before.id = x.before_id
       CROSS JOIN LATERAL (
         SELECT max(a.id) FILTER (WHERE a.until_generation IS NULL) AS live_id, max(a.id) AS newest_id
         FROM attribution a JOIN feed f ON f.id = a.feed_id
         WHERE a.team_id = $1 AND a.indicator_id = x.indicator_id AND f.kind = 'local') own
       CROSS JOIN LATERAL (
         SELECT coalesce(array_agg(d.id), '{}') AS standing FROM tombstone d
         WHERE d.team_id = $1 AND d.indicator_id = x.indicator_id AND d.lifted_at IS NULL) dead
       WHERE x.change_id = $2 AND x.indicator_id = ANY ($3::bigint[])`,
      [teamId, undoOf, ids],
    );
  await lookingUp(client, list);
};

/** Opens entries as they were; the run of the list says so. */
const reopen = async (client: PoolClient, { teamId, userId, now }: Options): Promise<void> => {
  await createStage(client);
  const { rowCount } = await client.query(
    `INSERT INTO stage
     SELECT i.key, i.type, i.value, b.line, b.confidence, b.tlp, b.tags, b.comment, b.threat_type, b.first_seen, b.last_seen,
       b.valid_until, b.context, t.screened_by
     FROM undoing u JOIN attribution b ON b.id = u.before_id JOIN indicator i ON i.id = u.id
     JOIN team_indicator t ON t.team_id = $1 AND t.indicator_id = u.id
     WHERE u.outcome = 'restored'`,
    [teamId],
  );
  if (!rowCount) return;
  const feed = await openLocalFeed(client, teamId);
  await compareStage(client, { feedId: feed.id, rule: KEEP_ALL, now, isRegistered: true });
  await writeEntries(client, {
    ...{ teamId, feed, now, requestedBy: userId },
    counts: { lines: rowCount, values: rowCount },
  });
};

/** Of what had no own entry before: closes the one that the change made, and sees what feeds say again. */
const release = async (client: PoolClient, { teamId, userId, now }: Options): Promise<void> => {
  const { rows } = await client.query<{ id: string; afterId: string | null }>(
    `SELECT id, after_id AS "afterId" FROM undoing WHERE outcome = 'restored' AND before_id IS NULL`,
  );
  if (rows.length === 0) return;
  await client.query("DROP TABLE IF EXISTS touched");
  await createTouched(client);
  await client.query("INSERT INTO touched (id) SELECT * FROM unnest($1::bigint[])", [
    rows.map(({ id }) => id),
  ]);
  const owned = rows.flatMap(({ afterId }) => afterId ?? []);
  if (owned.length > 0) await closeOwn(client, { teamId, owned, userId, now });
  await refreshTeam(client, teamId, { now });
  await announcePlansSql(client, teamId);
};
