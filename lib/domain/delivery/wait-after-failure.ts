/** Where a push waits: `inPlace`, its worker with it, or given back so that others have the worker meanwhile. */
type FailureWait = { isInPlace: boolean; waitMs: number };

type Options = {
  isUrgent: boolean;
  /** From 0 to 1: those that failed together are not to come again together. */
  jitter: number;
};

/**
 * How long to wait once so many requests in a row were not answered. A stumble is over within seconds, an outage may last hours: after
 * a few tries the wait grows to a quarter of an hour, and to a minute where somebody waits for it.
 */
export const waitAfterFailure = (failures: number, { isUrgent, jitter }: Options): FailureWait => {
  if (failures <= TRIES_IN_PLACE)
    return { isInPlace: true, waitMs: STUMBLE_MS * 2 ** (failures - 1) * (0.5 + jitter / 2) };
  const longestMs = isUrgent ? LONGEST_URGENT_MS : LONGEST_MS;
  const waitMs = Math.min(longestMs, OUTAGE_MS * 2 ** (failures - TRIES_IN_PLACE - 1));
  return { isInPlace: false, waitMs: waitMs * (0.8 + jitter / 5) };
};

/** So much later than a service asked for: whoever was told the same is not to come back in the same moment. Never earlier. */
export const lateBy = (toldMs: number, jitter: number): number => Math.min(toldMs / 10, LATEST_MS) * jitter;

const LATEST_MS = 3_000;
/** So many tries the worker makes by itself before it gives the push back. */
export const TRIES_IN_PLACE = 3;
const STUMBLE_MS = 500;
const OUTAGE_MS = 30_000;
const LONGEST_MS = 15 * 60_000;
const LONGEST_URGENT_MS = 60_000;
