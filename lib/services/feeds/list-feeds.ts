import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";

import { NO_RUNS, readHealthMarks, sicknessOf, toHealth, type FeedHealth } from "./feed-health";
import { FEED_SELECT, toFeedView, type FeedView } from "./feed-view";

export type FeedWithHealth = FeedView & FeedHealth;

type Page = { teamIds: readonly string[]; limit: number; after: string | null; now?: Date };

/** The feeds of the given teams with how they fare. */
export const listFeeds = async (
  actor: Actor,
  { teamIds, limit, after, now = new Date() }: Page,
): Promise<{ feeds: FeedWithHealth[]; next: string | null }> =>
  asActor(actor, async (tx) => {
    const rows = await tx.feed.findMany({
      where: { teamId: { in: [...teamIds] }, deletedAt: null, ...(after !== null && { id: { gt: after } }) },
      orderBy: { id: "asc" },
      take: limit + 1,
      select: FEED_SELECT,
    });
    const page = rows.slice(0, limit);
    const marks = await readHealthMarks(
      tx,
      page.map(({ id }) => id),
    );
    const feeds = page.map((feed) => ({
      ...toFeedView(feed),
      ...toHealth(feed, marks.get(feed.id) ?? NO_RUNS, now),
    }));
    return { feeds, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
  });

/** Whether a person should look at the feed. */
export const isSick = (feed: FeedWithHealth): boolean => sicknessOf(feed).length > 0;
