/** At most `max` requests in any stretch of `perMs`. */
export type RateWindow = { max: number; perMs: number };

/** This share of a window's limit may leave at once; the rest follows evenly. */
const BURST_SHARE = 0.25;

type Options = {
  /** Times in ms of the requests so far, oldest first; at least those inside the longest window. */
  sentAt: readonly number[];
  windows: readonly RateWindow[];
  /** So many of the shortest window's are not for this request. */
  reserved?: number;
  /** The vendor said: not before. */
  blockedUntil: number | null;
  now: number;
};

/**
 * How many ms the next request must wait; 0 when it may leave now. The windows are hard limits in every sliding stretch;
 * within the shortest one a small burst may leave at once, then one request after the other in even steps.
 */
export const waitBeforeNext = ({ sentAt, windows, reserved = 0, blockedUntil, now }: Options): number => {
  let waitMs = Math.max(0, (blockedUntil ?? now) - now);
  for (const window of windows) waitMs = Math.max(waitMs, waitForWindow(sentAt, window, now));
  const shortest = windows.toSorted((one, other) => one.perMs - other.perMs)[0];
  if (!shortest) return waitMs;
  const open = { ...shortest, max: shortest.max - reserved };
  return Math.max(waitMs, waitForWindow(sentAt, open, now), waitForBurst(sentAt, shortest, now));
};

/** What of the times must still be known: those inside the longest window. */
export const keepRecent = (
  sentAt: readonly number[],
  windows: readonly RateWindow[],
  now: number,
): number[] => {
  const longestMs = Math.max(0, ...windows.map(({ perMs }) => perMs));
  return sentAt.filter((at) => at > now - longestMs);
};

const waitForWindow = (sentAt: readonly number[], { max, perMs }: RateWindow, now: number): number => {
  const blocking = sentAt[sentAt.length - max];
  return blocking === undefined ? 0 : Math.max(0, blocking + perMs - now);
};

// A bucket that holds `burst` and fills evenly, replayed over what left inside the window.
const waitForBurst = (sentAt: readonly number[], { max, perMs }: RateWindow, now: number): number => {
  const burst = Math.max(1, Math.floor(max * BURST_SHARE));
  const stepMs = perMs / max;
  let tokens = burst;
  let last = now - perMs;
  for (const at of sentAt) {
    if (at <= now - perMs) continue;
    tokens = Math.min(burst, tokens + (at - last) / stepMs) - 1;
    last = at;
  }
  tokens = Math.min(burst, tokens + (now - last) / stepMs);
  return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * stepMs);
};
