import "server-only";

import type { PoolClient } from "pg";

import { writeDiff, type Diff } from "@/lib/db/queries/generation";
import { countLive, refreshTeam } from "@/lib/db/queries/team-view";
import { KEEP_ALL } from "@/lib/domain/feed/removal";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { announceSharedSql } from "@/lib/services/subscriptions/announce-shared";

import { recordDeltaRun, type LocalFeed } from "./local-feed";

type Options = {
  teamId: string;
  /** As `openLocalFeed` gave it. */
  feed: LocalFeed;
  now: Date;
  requestedBy: string;
  /** See `refreshTeam`. */
  screenedBy?: number | null;
  /** A person added these values, also those that stay as they are. */
  isSighting?: boolean;
  counts: { lines: number; values: number; duplicate?: number; rejected?: number };
};

/**
 * Has the team's own list vouch for the compared rows (`resolved`) from this generation on, as a run of that list, and has plans
 * and subscriptions follow. What the stage lacks stays as it was.
 */
export const writeEntries = async (
  client: PoolClient,
  { teamId, feed, now, requestedBy, screenedBy = null, isSighting = false, counts }: Options,
): Promise<{ diff: Diff; runId: string }> => {
  const diff = await writeDiff(client, {
    feedId: feed.id,
    teamId,
    generation: feed.number,
    now,
    rule: KEEP_ALL,
    extent: "delta",
    stageHolds: "changes",
  });
  const seenAgain = isSighting ? await renewSightings(client, teamId, now) : 0;
  if (diff.touched + seenAgain > 0)
    await refreshTeam(client, teamId, { now, openedBy: diff.opened > 0 ? feed.id : null, screenedBy });
  const { active } = await countLive(client, feed.id, teamId);
  const run = { teamId, feed, requestedBy, now, counts: { ...diff, ...counts, active } };
  const runId = await recordDeltaRun(client, run);
  if (diff.added + diff.changed + seenAgain > 0) await announcePlansSql(client, teamId);
  if (diff.added + diff.changed > 0) await announceSharedSql(client, feed.id);
  return { diff, runId };
};

// Where confidence fades, adding a value again is a sighting of it, whatever else stays as it was.
const renewSightings = async (client: PoolClient, teamId: string, now: Date): Promise<number> => {
  const { rowCount } = await client.query(
    `WITH seen AS (
       UPDATE attribution a SET last_seen = $2 FROM resolved r JOIN decay_rule d ON d.team_id = $1 AND d.type = r.type
       WHERE a.id = r.attribution_id AND r.verdict = 'unchanged' RETURNING a.indicator_id
     ) INSERT INTO touched (id, screened_by) SELECT r.id, r.screened_by FROM seen JOIN resolved r ON r.id = seen.indicator_id`,
    [teamId, now],
  );
  return rowCount ?? 0;
};
