import { type Rate } from "../state/limits";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

type Admission =
  { admitted: true } | { admitted: false; limit: number; spanMs: number; retryAfterSeconds: number };

export type RateWindows = {
  admit: (key: string, rate: Rate, nowMs: number) => Admission;
  clear: () => void;
};

/** Sliding windows over the admitted requests of each key. A refused request is not counted. */
export const createRateWindows = (): RateWindows => {
  const admittedAt = new Map<string, number[]>();
  return {
    admit: (key, rate, nowMs) => {
      // A clock that was turned back would leave hits in the future, which would never age.
      const hits = (admittedAt.get(key) ?? []).filter((at) => at <= nowMs && at > nowMs - HOUR_MS);
      for (const [limit, spanMs] of [
        [rate.perMinute, MINUTE_MS],
        [rate.perHour, HOUR_MS],
      ] as const) {
        if (limit === null) continue;
        const within = hits.filter((at) => at > nowMs - spanMs);
        const oldestCounted = within.at(-limit);
        if (within.length < limit || oldestCounted === undefined) continue;
        const retryAfterSeconds = Math.max(1, Math.ceil((oldestCounted + spanMs - nowMs) / 1000));
        return { admitted: false, limit, spanMs, retryAfterSeconds };
      }
      if (rate.perMinute !== null || rate.perHour !== null) admittedAt.set(key, [...hits, nowMs]);
      return { admitted: true };
    },
    clear: () => {
      admittedAt.clear();
    },
  };
};

/** A span as Microsoft writes it: `00:01:00`. */
export const formatSpan = (spanMs: number): string => new Date(spanMs).toISOString().slice(11, 19);
