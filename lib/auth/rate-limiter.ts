import "server-only";

import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";

import { bulkAsSystem } from "@/lib/db/scope";

export type Limit = {
  /** First part of the stored key. */
  name: string;
  points: number;
  durationSeconds: number;
  /** How long a key is refused once its points are used up. */
  blockSeconds: number;
};

/** Counters in PostgreSQL, so that every web process counts together and a restart forgets nothing. */
export const openLimiter = ({ name, points, durationSeconds, blockSeconds }: Limit) => {
  const limiter = new RateLimiterPostgres({
    storeClient: {
      query: (statement: Statement) => bulkAsSystem("sign-in", (client) => client.query(statement)),
    },
    storeType: "pool",
    tableName: "rate_limit",
    tableCreated: true,
    keyPrefix: name,
    points,
    duration: durationSeconds,
    blockDuration: blockSeconds,
    clearExpiredByTimeout: false, // the housekeeping job does
  });

  return {
    /** Takes a point. Throws when the store does not answer: who counts on the limit must not go on without it. */
    take: async (key: string): Promise<{ ok: boolean; waitSeconds: number; isFirstRefusal: boolean }> => {
      try {
        await limiter.consume(key);
        return { ok: true, waitSeconds: 0, isFirstRefusal: false };
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const waitSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
        return { ok: false, waitSeconds, isFirstRefusal: refusal.consumedPoints === points + 1 };
      }
    },
    /** Gives a point back. */
    giveBack: async (key: string): Promise<void> => {
      await limiter.reward(key);
    },
    forget: async (key: string): Promise<void> => {
      await limiter.delete(key);
    },
  };
};

type Statement = { name?: string; text: string; values: unknown[] };
