/** At most `max` requests in any stretch of `perMs`. */
export type RateWindow = { max: number; perMs: number };

/** This share of a window's limit may leave at once; the rest follows as time passes. */
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
 * within the shortest one a small burst may leave at once, and then what is left of the limit lasts until more is free: whoever
 * comes with something urgent never finds a minute used up.
 */
export const waitBeforeNext = ({ sentAt, windows, reserved = 0, blockedUntil, now }: Options): number => {
  let waitMs = Math.max(0, (blockedUntil ?? now) - now);
  for (const window of windows) waitMs = Math.max(waitMs, waitForWindow(sentAt, window, now));
  const shortest = windows.toSorted((one, other) => one.perMs - other.perMs)[0];
  if (!shortest) return waitMs;
  const open = { ...shortest, max: shortest.max - reserved };
  return Math.max(waitMs, waitForWindow(sentAt, open, now), waitForTurn(sentAt, open, now));
};

/** How many requests may leave at once, now, one beside the other; at most `most`. */
export const roomNow = (options: Options, most: number): number => {
  const sentAt = [...options.sentAt];
  let room = 0;
  while (room < most && waitBeforeNext({ ...options, sentAt }) === 0) {
    sentAt.push(options.now);
    room += 1;
  }
  return room;
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

/**
 * What is left must last until each of those that left falls out of the window, but for the burst's share: evenly, and whoever was
 * late may catch up.
 */
const waitForTurn = (sentAt: readonly number[], { max, perMs }: RateWindow, now: number): number => {
  const inside = sentAt.filter((at) => at > now - perMs);
  const msPerRequest = perMs / (max * (1 - BURST_SHARE));
  let waitMs = 0;
  inside.forEach((at, expired) => {
    const untilThen = at + perMs - now;
    const left = max - inside.length + expired;
    waitMs = Math.max(waitMs, Math.min(untilThen, untilThen - left * msPerRequest));
  });
  return Math.ceil(waitMs);
};
