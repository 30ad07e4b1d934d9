import "server-only";

import type { PoolClient } from "pg";

import { lookingUp } from "@/lib/db/queries/planning";
import { countLive, createTouched, refreshTeam } from "@/lib/db/queries/team-view";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { announceSharedSql } from "@/lib/services/subscriptions/announce-shared";

import { openLocalFeed, recordDeltaRun } from "./local-feed";

type Options = { teamId: string; ids: readonly string[]; reason: string; userId: string; now: Date };

/** What a withdrawal ended and set: the team's own entry, and the tombstone against feeds; an entry is null where there was none. */
export type Withdrawn = { id: string; ownId: string | null; tombstoneId: string | null; addedAt: Date };

/**
 * Ends the team's own claims on those of the values that are active: local entries close, and a tombstone beats the feeds
 * that vouch for it, or will, until it is lifted. To be called under `lockTeam`; plans and subscriptions are announced.
 */
export const withdrawValues = async (
  client: PoolClient,
  { teamId, ids, reason, userId, now }: Options,
): Promise<Withdrawn[]> => {
  await client.query(
    `CREATE TEMPORARY TABLE withdrawn (
       id bigint NOT NULL, own_id bigint, tombstone_id uuid, added_at timestamptz(3) NOT NULL
     ) ON COMMIT DROP`,
  );
  const find = () =>
    client.query(
      `INSERT INTO withdrawn
       SELECT t.indicator_id, vouching.own_id, gen_random_uuid(), t.added_at
       FROM team_indicator t CROSS JOIN LATERAL (
         SELECT min(a.id) FILTER (WHERE f.kind = 'local') AS own_id
         FROM attribution a JOIN feed f ON f.id = a.feed_id
         WHERE a.team_id = $1 AND a.indicator_id = t.indicator_id AND a.until_generation IS NULL) vouching
       WHERE t.team_id = $1 AND t.indicator_id = ANY ($2::bigint[]) AND t.active`,
      [teamId, ids],
    );
  await lookingUp(client, find);
  const { rows } = await client.query<Withdrawn>(
    `SELECT id, own_id AS "ownId", tombstone_id AS "tombstoneId", added_at AS "addedAt" FROM withdrawn ORDER BY id`,
  );
  if (rows.length === 0) return rows;
  await createTouched(client);
  await client.query("INSERT INTO touched (id) SELECT id FROM withdrawn");
  const owned = rows.flatMap(({ ownId }) => ownId ?? []);
  if (owned.length > 0) await closeOwn(client, { teamId, owned, userId, now });
  await client.query(
    `INSERT INTO tombstone (id, team_id, indicator_id, reason, created_by, created_at)
     SELECT tombstone_id, $1, id, $2, $3, $4 FROM withdrawn WHERE tombstone_id IS NOT NULL`,
    [teamId, reason, userId, now],
  );
  await refreshTeam(client, teamId, { now });
  await announcePlansSql(client, teamId);
  return rows;
};

type CloseOptions = { teamId: string; owned: readonly string[]; userId: string; now: Date };

/** Ends entries of the team's own list, as a run of it. */
export const closeOwn = async (
  client: PoolClient,
  { teamId, owned, userId, now }: CloseOptions,
): Promise<void> => {
  const feed = await openLocalFeed(client, teamId);
  await client.query("UPDATE attribution SET until_generation = $2 WHERE id = ANY ($1::bigint[])", [
    owned,
    feed.number,
  ]);
  const { active } = await countLive(client, feed.id, teamId);
  const counts = { removed: owned.length, active };
  await recordDeltaRun(client, { teamId, feed, requestedBy: userId, now, counts });
  await announceSharedSql(client, feed.id);
};
