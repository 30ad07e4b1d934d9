import "server-only";

import { randomUUID } from "node:crypto";

import type { PoolClient } from "pg";

import { createTouched } from "@/lib/db/queries/team-view";
import { AppError } from "@/lib/domain/errors";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { announceSharedSql } from "@/lib/services/subscriptions/announce-shared";

import { refreshLocked } from "./commit-stage";

export type ClosedFeed = {
  kind: string;
  name: string;
  sourceFeedId: string | null;
  /** How many values it let go of. */
  removed: number;
};

type Options = { id: string; teamId: string; requestedBy: string | null; now: Date };

/**
 * Takes a feed out in the caller's transaction: it fetches no more and vouches for nothing from now on. Its runs stay
 * readable; the audit entry is the caller's. Throws `not_found` for one that is out already.
 */
export const closeFeed = async (
  client: PoolClient,
  { id, teamId, requestedBy, now }: Options,
): Promise<ClosedFeed> => {
  // The feed before the team: a run that is being applied takes them in this order, too.
  const { rows } = await client.query<Omit<ClosedFeed, "removed"> & { number: number }>(
    `UPDATE feed SET deleted_at = $3, next_run_at = NULL, enabled = false, last_run_number = last_run_number + 1
     WHERE id = $1 AND team_id = $2 AND deleted_at IS NULL
     RETURNING kind::text, name, source_feed_id AS "sourceFeedId", last_run_number AS number`,
    [id, teamId, now],
  );
  const [feed] = rows;
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  const { number, ...facts } = feed;
  await createTouched(client);
  const closed = await client.query(
    `WITH closed AS (
       UPDATE attribution SET until_generation = $2 WHERE feed_id = $1 AND until_generation IS NULL RETURNING indicator_id
     ) INSERT INTO touched (id) SELECT indicator_id FROM closed`,
    [id, number],
  );
  const removed = closed.rowCount ?? 0;
  await client.query(
    `UPDATE feed_run SET state = 'discarded', finished_at = $2 WHERE feed_id = $1 AND state IN ('queued', 'running', 'held')`,
    [id, now],
  );
  await client.query(
    `INSERT INTO feed_run (id, feed_id, team_id, number, state, extent, trigger, requested_by, queued_at, started_at, finished_at, removed)
     VALUES ($1, $2, $3, $4, 'succeeded', 'delta', 'deleted', $5, $6, $6, $6, $7)`,
    [randomUUID(), id, teamId, number, requestedBy, now, removed],
  );
  if (removed > 0) {
    await refreshLocked(client, teamId);
    await announcePlansSql(client, teamId);
  }
  await announceSharedSql(client, id);
  return { ...facts, removed };
};
