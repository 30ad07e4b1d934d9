import { isOverdue } from "@/lib/domain/feed/schedule";

import { FEED_LOOKS, type ShownFeedState } from "./feed-state-badge";
import { isUnderWay, type ShownRun } from "./shown-run";

/** What is known of how a feed fares. */
export type FeedFacts = {
  kind: string;
  enabled: boolean;
  everyMinutes: number | null;
  nextRunAt: Date | null;
  lastRun: Pick<ShownRun, "state" | "queuedAt"> | null;
  lastGoodRunAt: Date | null;
  heldRunId: string | null;
  refusedRunId: string | null;
  failureStreak: number;
  /** No good run for longer than the feed allows. */
  isStale: boolean;
  /** Why nothing of its last good list is live; null when something is. */
  barrenBecause: string | null;
};

/** The one word for how a feed is doing. What needs a person goes before what does not. */
export const judgeFeedState = (feed: FeedFacts, now: Date): ShownFeedState => {
  if (feed.lastRun !== null && isUnderWay(feed.lastRun)) {
    return feed.lastRun.state === "queued" && isOverdue(feed, now) ? "overdue" : "running";
  }
  if (feed.heldRunId !== null) return "held";
  if (!feed.enabled && feed.kind !== "local") return "off";
  if (feed.failureStreak > 0) return "failing";
  if (feed.refusedRunId !== null) return "refused";
  if (feed.isStale) return "stale";
  if (isOverdue(feed, now)) return "overdue";
  if (feed.barrenBecause !== null && feed.kind !== "local") return "barren";
  return feed.lastGoodRunAt === null ? "new" : "healthy";
};

/** Sick ones first, then by name. */
export const compareFeeds = (
  one: { state: ShownFeedState; name: string },
  other: { state: ShownFeedState; name: string },
): number =>
  ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || one.name.localeCompare(other.name, "en");

const ORDER = Object.keys(FEED_LOOKS);
