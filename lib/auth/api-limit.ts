import "server-only";

import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { logger } from "@/lib/observability/logger";

import { openLimiter } from "./rate-limiter";

const MINUTE = 60;
/** Requests a minute of one token, or of one session. */
export const API_REQUESTS_PER_MINUTE = 1200;

const requests = openLimiter({
  name: "api",
  points: API_REQUESTS_PER_MINUTE,
  durationSeconds: MINUTE,
  blockSeconds: 0,
});

/**
 * Counts a request of the API. Throws `throttled` past the limit. Unlike sign-in it lets requests pass when they cannot be
 * counted: the limit keeps a runaway script from the others' way and guards no secret.
 */
export const countApiRequest = async ({ via }: Actor): Promise<void> => {
  const key = via.kind === "token" ? `token/${via.tokenId}` : `session/${via.sessionId}`;
  const { ok, waitSeconds } = await requests.take(key).catch((error: unknown) => {
    logger.warn({ err: error }, "An API request could not be counted");
    return { ok: true, waitSeconds: 0 };
  });
  if (ok) return;
  throw new AppError(
    "throttled",
    `More than ${String(API_REQUESTS_PER_MINUTE)} requests a minute. Go on in ${String(waitSeconds)} s.`,
    { retry: "later", context: { retryAfterSeconds: waitSeconds } },
  );
};
