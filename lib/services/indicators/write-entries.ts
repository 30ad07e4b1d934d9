import "server-only";

import type { PoolClient } from "pg";

import { writeDiff, type Diff } from "@/lib/db/queries/generation";
import { countLive, refreshTeam } from "@/lib/db/queries/team-view";
import { KEEP_ALL } from "@/lib/domain/feed/removal";
import { announcePlansSql } from "@/lib/services/delivery/announce-plans";
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
  counts: { lines: number; values: number; duplicate?: number; rejected?: number };
};

/**
 * Has the team's own list vouch for the compared rows (`resolved`) from this generation on, as a run of that list, and has plans
 * and subscriptions follow. What the stage lacks stays as it was.
 */
export const writeEntries = async (
  client: PoolClient,
  { teamId, feed, now, requestedBy, screenedBy = null, counts }: Options,
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
  if (diff.touched > 0) await refreshTeam(client, teamId, { now, openedBy: feed.id, screenedBy });
  const { active } = await countLive(client, feed.id, teamId);
  const run = { teamId, feed, requestedBy, now, counts: { ...diff, ...counts, active } };
  const runId = await recordDeltaRun(client, run);
  if (diff.added + diff.changed > 0) {
    await announcePlansSql(client, teamId);
    await announceSharedSql(client, feed.id);
  }
  return { diff, runId };
};
