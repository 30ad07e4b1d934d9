import "server-only";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { goodRun } from "@/lib/db/queries/good-run";
import { asTeam } from "@/lib/db/scope";
import { barrenBecause } from "@/lib/domain/feed/barren";
import { isOverdue, staleAfterMinutes, type Schedule } from "@/lib/domain/feed/schedule";

import type { FeedView } from "./feed-view";
import { RUN_SELECT, toRunView, type RunView } from "./run-view";

/** How a feed fares. */
export type FeedHealth = {
  /** The newest, or the one under way. */
  lastRun: RunView | null;
  lastGoodRun: RunView | null;
  lastGoodRunAt: Date | null;
  /** A person must decide before the feed goes on. */
  heldRunId: string | null;
  /** A person discarded it, and the source has given nothing else since. */
  refusedRunId: string | null;
  /** Failed runs since the source last gave something. */
  failureStreak: number;
  /** No good run for longer than the feed allows; a feed that never ran is not stale. */
  isStale: boolean;
  /** Its next run, or one that waits, is a whole interval late, whether or not it ever ran. */
  isOverdue: boolean;
  /** Why nothing of the last good list is live, in a sentence; null when something is. */
  barrenBecause: string | null;
  active: number;
  /** Share of the active values that no other feed of the team has, and of the list that allowlists keep in; null when unknown. */
  uniqueShare: number | null;
  allowlistedShare: number | null;
};

/** How one feed fares, with the run that waits for a person or was refused by one, and the one whose values are live. */
export const getFeedHealth = async (
  feed: Pick<FeedView, "id" | "teamId"> & Timing,
  now: Date,
): Promise<FeedHealth & Pick<HealthMarks, "held" | "refused" | "live">> => {
  const marks = await asTeam(feed.teamId, (tx) => readHealthMarks(tx, [feed.id]));
  const of = marks.get(feed.id) ?? NO_RUNS;
  const { held, refused, live } = of;
  return { ...toHealth(feed, of, now), held, refused, live };
};

/** The runs by which a feed's health is told, however long ago they were. */
export type HealthMarks = {
  last: RunView | null;
  held: RunView | null;
  refused: RunView | null;
  good: RunView | null;
  live: RunView | null;
  failureStreak: number;
};
export const NO_RUNS: HealthMarks = {
  last: null,
  held: null,
  refused: null,
  good: null,
  live: null,
  failureStreak: 0,
};

const GOOD = Prisma.raw(goodRun("feed_run"));
/** One that is accepted after all is older than those that found the same again, and yet the one to look at. */
const UNDER_WAY = Prisma.sql`state IN ('queued', 'running')`;
/** The source gave something, good or not. */
const ANSWERED = Prisma.sql`state IN ('succeeded', 'unchanged', 'held', 'discarded', 'rolled-back')`;

/** Reads them for the feeds given; a feed that never ran has `NO_RUNS`. */
export const readHealthMarks = async (
  tx: Tx,
  feedIds: readonly string[],
): Promise<Map<string, HealthMarks>> => {
  const newest = (condition: Prisma.Sql) =>
    Prisma.sql`(SELECT id FROM feed_run WHERE feed_id = f.id AND ${condition} ORDER BY number DESC LIMIT 1)`;
  // The newest generation is the live one, those left by rollback aside.
  const marks = await tx.$queryRaw<
    ({ feedId: string; streak: number } & Record<
      Exclude<keyof HealthMarks, "failureStreak">,
      string | null
    >)[]
  >`
    SELECT f.id AS "feedId", coalesce(${newest(UNDER_WAY)}, ${newest(Prisma.sql`TRUE`)}) AS last, ${newest(Prisma.sql`state = 'held'`)} AS held,
      (SELECT id FROM feed_run WHERE feed_id = f.id AND number = answered.same_as AND state = 'discarded'
        AND decided_by IS NOT NULL AND body_id IS NOT NULL) AS refused,
      ${newest(GOOD)} AS good, coalesce(${newest(Prisma.sql`state = 'succeeded'`)}, ${newest(GOOD)}) AS live,
      (SELECT count(*)::int FROM feed_run WHERE feed_id = f.id AND state = 'failed'
        AND number > coalesce(answered.number, 0)) AS streak
    FROM unnest(${feedIds}::uuid[]) AS f (id)
    LEFT JOIN LATERAL (
      SELECT number, (facts->>'sameAs')::int AS same_as FROM feed_run
      WHERE feed_id = f.id AND ${ANSWERED} ORDER BY number DESC LIMIT 1
    ) answered ON true`;
  const ids = marks.flatMap(({ last, held, refused, good, live }) => [last, held, refused, good, live]);
  const rows = await tx.feedRun.findMany({
    where: { id: { in: ids.filter((id) => id !== null) } },
    select: RUN_SELECT,
  });
  const runs = new Map(rows.map((row) => [row.id, toRunView(row)]));
  const runOf = (id: string | null): RunView | null => (id === null ? null : (runs.get(id) ?? null));
  return new Map(
    marks.map(({ feedId, last, held, refused, good, live, streak }) => [
      feedId,
      {
        last: runOf(last),
        held: runOf(held),
        refused: runOf(refused),
        good: runOf(good),
        live: runOf(live),
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

type Timing = Schedule & { staleAfterMinutes: number | null; nextRunAt: Date | null };

/** How a feed fares by these runs. */
export const toHealth = (
  feed: Timing,
  { last, held, refused, good, live, failureStreak }: HealthMarks,
  now: Date,
): FeedHealth => {
  const limit = staleAfterMinutes(feed, now);
  const sinceGoodMs = good?.finishedAt ? now.getTime() - good.finishedAt.getTime() : 0;
  return {
    lastRun: last,
    lastGoodRun: good,
    lastGoodRunAt: good?.finishedAt ?? null,
    heldRunId: held?.id ?? null,
    refusedRunId: refused?.id ?? null,
    failureStreak,
    isStale: limit !== null && sinceGoodMs > limit * 60_000,
    isOverdue: isOverdue({ ...feed, lastRun: last }, now),
    barrenBecause: live && barrenBecause(live.counts),
    active: live?.counts.active ?? 0,
    ...toShares(live),
  };
};

export type Sickness = "held" | "failing" | "refused" | "stale" | "overdue" | "barren";

/**
 * Why a person should look at a feed: it is held, or it is switched on and fails, gives what a person refused, has had no good
 * run for long, is not fetched when it should be, or gives nothing. Empty for a healthy one.
 */
export const sicknessOf = (
  feed: Pick<
    FeedHealth,
    "heldRunId" | "refusedRunId" | "failureStreak" | "isStale" | "isOverdue" | "barrenBecause"
  > & { kind: string; enabled: boolean },
): Sickness[] => [
  ...(feed.heldRunId === null ? [] : (["held"] as const)),
  ...(feed.enabled && feed.failureStreak > 0 ? (["failing"] as const) : []),
  ...(feed.enabled && feed.refusedRunId !== null ? (["refused"] as const) : []),
  ...(feed.enabled && feed.isStale ? (["stale"] as const) : []),
  ...(feed.enabled && feed.isOverdue ? (["overdue"] as const) : []),
  ...(feed.enabled && feed.barrenBecause !== null && feed.kind !== "local" ? (["barren"] as const) : []),
];
