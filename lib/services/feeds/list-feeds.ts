import "server-only";

import type { Tx } from "@/lib/db/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { barrenBecause } from "@/lib/domain/feed/barren";
import { staleAfterMinutes, type Schedule } from "@/lib/domain/feed/schedule";

import { FEED_SELECT, toFeedView, type FeedView } from "./feed-view";
import { RUN_SELECT, toRunView, type RunRow, type RunView } from "./run-view";

export type FeedWithHealth = FeedView & {
  lastRun: RunView | null;
  lastGoodRunAt: Date | null;
  /** A person must decide before the feed goes on. */
  heldRunId: string | null;
  /** Failed runs since the last good one. */
  failureStreak: number;
  /** No good run for longer than the feed allows; a feed that never ran is not stale. */
  isStale: boolean;
  /** Why nothing of the last good list is live, in a sentence; null when something is. */
  barrenBecause: string | null;
  active: number;
  /** Share of the active values that no other feed of the team has, and of the list that allowlists keep in; null when unknown. */
  uniqueShare: number | null;
  allowlistedShare: number | null;
};

/** How many runs are looked at for a feed's health; a longer streak of failures reads as this many. */
const RECENT_RUNS = 20;

/** The feeds of the given teams with how they fare. */
export const listFeeds = async (
  actor: Actor,
  { teamIds, limit, after }: { teamIds: readonly string[]; limit: number; after: string | null },
): Promise<{ feeds: FeedWithHealth[]; next: string | null }> =>
  asActor(actor, async (tx) => {
    const rows = await tx.feed.findMany({
      where: { teamId: { in: [...teamIds] }, deletedAt: null, ...(after !== null && { id: { gt: after } }) },
      orderBy: { id: "asc" },
      take: limit + 1,
      select: FEED_SELECT,
    });
    const now = new Date();
    const page = rows.slice(0, limit);
    const runs = await readRecentRuns(
      tx,
      page.map(({ id }) => id),
    );
    const feeds = page.map((feed) => ({
      ...toFeedView(feed),
      ...toHealth(feed, runs.filter(({ feedId }) => feedId === feed.id).map(toRunView), now),
    }));
    return { feeds, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
  });

/** The newest runs of each feed, newest first. Prisma's own nested limit would read every run there ever was. */
const readRecentRuns = async (tx: Tx, feedIds: readonly string[]): Promise<RunRow[]> => {
  const recent = await tx.$queryRaw<{ id: string }[]>`
    SELECT r.id FROM unnest(${feedIds}::uuid[]) AS f (id)
    CROSS JOIN LATERAL (
      SELECT id FROM feed_run WHERE feed_id = f.id ORDER BY number DESC LIMIT ${RECENT_RUNS}) r`;
  return tx.feedRun.findMany({
    where: { id: { in: recent.map(({ id }) => id) } },
    orderBy: { number: "desc" },
    select: RUN_SELECT,
  });
};

const GOOD = new Set<RunView["state"]>(["succeeded", "unchanged"]);

/**
 * How many values are live. The newest generation is the live one, those left by rollback aside; a run that found nothing
 * new may have met one of these.
 */
export const activeOf = (runs: readonly RunView[]): number => liveOf(runs)?.counts.active ?? 0;

const liveOf = (runs: readonly RunView[]): RunView | undefined =>
  runs.find(({ state }) => state === "succeeded") ?? runs.find(({ state }) => GOOD.has(state));

const toShares = (live: RunView | undefined) => {
  const { active = 0, allowlisted = 0 } = live?.counts ?? {};
  const unique = live?.unique ?? null;
  return {
    uniqueShare: unique === null || active === 0 ? null : unique / active,
    allowlistedShare: active + allowlisted === 0 ? null : allowlisted / (active + allowlisted),
  };
};

/** How a feed fares, from its newest runs (newest first). */
export const toHealth = (
  feed: Schedule & { staleAfterMinutes: number | null },
  runs: readonly RunView[],
  now: Date,
) => {
  const lastGood = runs.find(({ state }) => GOOD.has(state));
  const live = liveOf(runs);
  const limit = staleAfterMinutes(feed, now);
  const sinceGoodMs = lastGood?.finishedAt ? now.getTime() - lastGood.finishedAt.getTime() : 0;
  const finished = runs.filter(({ state }) => GOOD.has(state) || state === "failed");
  const streakEnd = finished.findIndex(({ state }) => state !== "failed");
  return {
    lastRun: runs[0] ?? null,
    lastGoodRunAt: lastGood?.finishedAt ?? null,
    heldRunId: runs.find(({ state }) => state === "held")?.id ?? null,
    failureStreak: streakEnd === -1 ? finished.length : streakEnd,
    isStale: limit !== null && sinceGoodMs > limit * 60_000,
    barrenBecause: live ? barrenBecause(live.counts) : null,
    active: activeOf(runs),
    ...toShares(live),
  };
};

/** Whether a person should look at the feed: it is held, fails, has had no good run for long, or gives nothing. */
export const isSick = ({
  kind,
  heldRunId,
  failureStreak,
  isStale,
  barrenBecause: why,
}: FeedWithHealth): boolean =>
  heldRunId !== null || failureStreak > 0 || isStale || (why !== null && kind !== "local");
