import { FEED_LOOKS, type ShownFeedState } from "./feed-state-badge";
import { isUnderWay, type ShownRun } from "./shown-run";

/** What is known of how a feed fares. */
export type FeedFacts = {
  kind: string;
  enabled: boolean;
  everyMinutes: number | null;
  nextRunAt: Date | null;
  lastRun: Pick<ShownRun, "state"> | null;
  lastGoodRunAt: Date | null;
  heldRunId: string | null;
  failureStreak: number;
  /** No good run for longer than the feed allows. */
  isStale: boolean;
  /** Why nothing of its last good list is live; null when something is. */
  barrenBecause: string | null;
};

const MINUTE_MS = 60_000;

/** The one word for how a feed is doing. What needs a person goes before what does not. */
export const judgeFeedState = (feed: FeedFacts, now: Date): ShownFeedState => {
  if (feed.lastRun !== null && isUnderWay(feed.lastRun)) return "running";
  if (feed.heldRunId !== null) return "held";
  if (!feed.enabled && feed.kind !== "local") return "off";
  if (feed.failureStreak > 0) return "failing";
  if (feed.isStale) return "stale";
  if (isOverdue(feed, now)) return "overdue";
  if (feed.barrenBecause !== null && feed.kind !== "local") return "barren";
  return feed.lastGoodRunAt === null ? "new" : "healthy";
};

// One whole interval late: whatever the reason, nobody fetches it.
const isOverdue = ({ everyMinutes, nextRunAt }: FeedFacts, now: Date): boolean =>
  nextRunAt !== null &&
  nextRunAt.getTime() + (everyMinutes ?? CRON_GRACE_MINUTES) * MINUTE_MS < now.getTime();

/** A feed with a cron line is late after so long. */
const CRON_GRACE_MINUTES = 60;

/** Sick ones first, then by name. */
export const compareFeeds = (
  one: { state: ShownFeedState; name: string },
  other: { state: ShownFeedState; name: string },
): number =>
  ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || one.name.localeCompare(other.name, "en");

const ORDER = Object.keys(FEED_LOOKS);
