import { Cron } from "croner";

const MINUTE_MS = 60_000;
/** Spread of the start, so that a hundred hourly feeds do not all begin at once. */
const JITTER_SHARE = 0.05;
/** A cron line names a moment; its spread is small and never more than this. */
const CRON_JITTER_MS = 30_000;

export type Schedule = {
  enabled: boolean;
  everyMinutes: number | null;
  cron: string | null;
  timeZone: string | null;
};

/** When a feed is due next, or null when it never runs by itself. `spread` is a number from 0 to 1 (randomness from outside). */
export const nextRunAt = (feed: Schedule, now: Date, spread: number): Date | null => {
  if (!feed.enabled) return null;
  if (feed.cron) {
    const due = new Cron(feed.cron, { timezone: feed.timeZone ?? "UTC", paused: true }).nextRun(now);
    return due && new Date(due.getTime() + Math.floor(CRON_JITTER_MS * spread));
  }
  if (feed.everyMinutes === null) return null;
  const periodMs = feed.everyMinutes * MINUTE_MS;
  return new Date(now.getTime() + periodMs + Math.floor(periodMs * JITTER_SHARE * spread));
};

/** How long a feed may stay without a good run before it counts as stale, in minutes; null: it never runs by itself. */
export const staleAfterMinutes = (
  feed: Schedule & { staleAfterMinutes: number | null },
  now: Date,
): number | null => {
  if (feed.staleAfterMinutes !== null) return feed.staleAfterMinutes;
  const period = periodMinutes(feed, now);
  return period === null ? null : Math.max(STALE_PERIODS * period, LEAST_STALE_MINUTES);
};

export type Lateness = {
  enabled: boolean;
  everyMinutes: number | null;
  nextRunAt: Date | null;
  lastRun: { state: string; queuedAt: Date } | null;
};

/**
 * Whether a feed's next run, or one that waits, is a whole interval late: whatever the reason, nobody fetches it. Unlike
 * staleness this also tells of a feed that never ran.
 */
export const isOverdue = ({ enabled, everyMinutes, nextRunAt, lastRun }: Lateness, now: Date): boolean => {
  if (!enabled) return false;
  const graceMs = (everyMinutes ?? GRACE_MINUTES) * MINUTE_MS;
  const waitsSince = lastRun?.state === "queued" ? lastRun.queuedAt : null;
  return [nextRunAt, waitsSince].some((due) => due !== null && due.getTime() + graceMs < now.getTime());
};

/** A feed without an interval of minutes is late after so long. */
const GRACE_MINUTES = 60;

const periodMinutes = (feed: Schedule, now: Date): number | null => {
  if (!feed.enabled) return null;
  if (feed.cron) {
    const [first, second] = new Cron(feed.cron, { timezone: feed.timeZone ?? "UTC", paused: true }).nextRuns(
      2,
      now,
    );
    return first && second ? (second.getTime() - first.getTime()) / MINUTE_MS : null;
  }
  return feed.everyMinutes;
};

const STALE_PERIODS = 3;
const LEAST_STALE_MINUTES = 60;
