const MINUTE_MS = 60_000;
/** Spread of the start, so that a hundred hourly feeds do not all begin at once. */
const JITTER_SHARE = 0.05;

/** When a feed is due next, or null when it never runs by itself. `spread` is a number from 0 to 1 (randomness from outside). */
export const nextRunAt = (
  feed: { enabled: boolean; everyMinutes: number | null },
  now: Date,
  spread: number,
): Date | null => {
  if (!feed.enabled || feed.everyMinutes === null) return null;
  const periodMs = feed.everyMinutes * MINUTE_MS;
  return new Date(now.getTime() + periodMs + Math.floor(periodMs * JITTER_SHARE * spread));
};
