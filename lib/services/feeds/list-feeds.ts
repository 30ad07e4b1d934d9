import "server-only";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { asActor, asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { barrenBecause } from "@/lib/domain/feed/barren";
import { staleAfterMinutes, type Schedule } from "@/lib/domain/feed/schedule";

import { FEED_SELECT, toFeedView, type FeedView } from "./feed-view";
import { RUN_SELECT, toRunView, type RunView } from "./run-view";

/** How a feed fares. */
export type FeedHealth = {
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
export type FeedWithHealth = FeedView & FeedHealth;

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
    const marks = await readMarks(
      tx,
      page.map(({ id }) => id),
    );
    const feeds = page.map((feed) => ({
      ...toFeedView(feed),
      ...toHealth(feed, marks.get(feed.id) ?? NO_RUNS, now),
    }));
    return { feeds, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
  });

/** How one feed fares, with the run that waits for a person. */
export const getFeedHealth = async (
  feed: Pick<FeedView, "id" | "teamId"> & Schedule & { staleAfterMinutes: number | null },
  now: Date,
): Promise<FeedHealth & { held: RunView | null }> => {
  const marks = await asTeam(feed.teamId, (tx) => readMarks(tx, [feed.id]));
  const of = marks.get(feed.id) ?? NO_RUNS;
  return { ...toHealth(feed, of, now), held: of.held };
};

/** The runs by which a feed's health is told, however long ago they were. */
type Marks = {
  last: RunView | null;
  held: RunView | null;
  good: RunView | null;
  live: RunView | null;
  failureStreak: number;
};
const NO_RUNS: Marks = { last: null, held: null, good: null, live: null, failureStreak: 0 };

// A run that only met again what is held, or was left by rollback, is no good one.
const GOOD = Prisma.sql`(state = 'succeeded' OR (state = 'unchanged' AND facts->>'isLive' IS DISTINCT FROM 'false'))`;

const readMarks = async (tx: Tx, feedIds: readonly string[]): Promise<Map<string, Marks>> => {
  const newest = (condition: Prisma.Sql) =>
    Prisma.sql`(SELECT id FROM feed_run WHERE feed_id = f.id AND ${condition} ORDER BY number DESC LIMIT 1)`;
  // The newest generation is the live one, those left by rollback aside.
  const marks = await tx.$queryRaw<
    ({ feedId: string; streak: number } & Record<"last" | "held" | "good" | "live", string | null>)[]
  >`
    SELECT f.id AS "feedId", ${newest(Prisma.sql`TRUE`)} AS last, ${newest(Prisma.sql`state = 'held'`)} AS held,
      ${newest(GOOD)} AS good, coalesce(${newest(Prisma.sql`state = 'succeeded'`)}, ${newest(GOOD)}) AS live,
      (SELECT count(*)::int FROM feed_run WHERE feed_id = f.id AND state = 'failed' AND number > coalesce(
        (SELECT max(number) FROM feed_run WHERE feed_id = f.id AND ${GOOD}), 0)) AS streak
    FROM unnest(${feedIds}::uuid[]) AS f (id)`;
  const ids = marks.flatMap(({ last, held, good, live }) => [last, held, good, live]);
  const rows = await tx.feedRun.findMany({
    where: { id: { in: ids.filter((id) => id !== null) } },
    select: RUN_SELECT,
  });
  const runs = new Map(rows.map((row) => [row.id, toRunView(row)]));
  const runOf = (id: string | null): RunView | null => (id === null ? null : (runs.get(id) ?? null));
  return new Map(
    marks.map(({ feedId, last, held, good, live, streak }) => [
      feedId,
      {
        ...{ last: runOf(last), held: runOf(held), good: runOf(good), live: runOf(live) },
        failureStreak: streak,
      },
    ]),
  );
};

/** How many values are live by the newest runs given: the newest generation is the live one, those left by rollback aside. */
export const activeOf = (runs: readonly RunView[]): number =>
  (runs.find(({ state }) => state === "succeeded") ?? runs.find(isGood))?.counts.active ?? 0;

const isGood = ({ state, isLive }: RunView): boolean =>
  state === "succeeded" || (state === "unchanged" && isLive);

const toShares = (live: RunView | null) => {
  const { active = 0, allowlisted = 0 } = live?.counts ?? {};
  const unique = live?.unique ?? null;
  return {
    uniqueShare: unique === null || active === 0 ? null : unique / active,
    allowlistedShare: active + allowlisted === 0 ? null : allowlisted / (active + allowlisted),
  };
};

const toHealth = (
  feed: Schedule & { staleAfterMinutes: number | null },
  { last, held, good, live, failureStreak }: Marks,
  now: Date,
): FeedHealth => {
  const limit = staleAfterMinutes(feed, now);
  const sinceGoodMs = good?.finishedAt ? now.getTime() - good.finishedAt.getTime() : 0;
  return {
    lastRun: last,
    lastGoodRunAt: good?.finishedAt ?? null,
    heldRunId: held?.id ?? null,
    failureStreak,
    isStale: limit !== null && sinceGoodMs > limit * 60_000,
    barrenBecause: live && barrenBecause(live.counts),
    active: live?.counts.active ?? 0,
    ...toShares(live),
  };
};

/**
 * Whether a person should look at the feed: it is held or fails, or it is switched on and has had no good run for long, or gives
 * nothing.
 */
export const isSick = (feed: FeedWithHealth): boolean =>
  feed.heldRunId !== null ||
  feed.failureStreak > 0 ||
  (feed.enabled && (feed.isStale || (feed.barrenBecause !== null && feed.kind !== "local")));
