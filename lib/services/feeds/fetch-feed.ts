import "server-only";

import { AppError } from "@/lib/domain/errors";
import type { FeedSecrets } from "@/lib/domain/feed/feed";
import { env } from "@/lib/env/server";
import { assertAnswered } from "@/lib/http/fetched-response";
import { createGuardedFetch, type GuardedFetch } from "@/lib/http/guarded-fetch";

import { spoolBody, type SpooledBody } from "./body-spool";
import { toRequestHeaders } from "./feed-secrets";

export type Fetched =
  | { status: "not-modified" }
  | {
      status: "fetched";
      body: SpooledBody;
      httpStatus: number;
      contentType: string | null;
      etag: string | null;
      lastModified: string | null;
    };

type Options = {
  url: string;
  secrets: FeedSecrets;
  teamId: string;
  feedId: string | null;
  etag?: string | null;
  lastModified?: string | null;
  signal: AbortSignal;
  /** How often a failure that may pass is tried again at once. */
  retries: number;
};

/**
 * Fetches a feed's address through the guard (public addresses only, limited in size and time). Throws an AppError
 * with a sentence for a person; a failure that may pass is first tried again after one, then two seconds.
 */
export const fetchFeed = async (options: Options): Promise<Fetched> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await fetchOnce(options);
    } catch (error) {
      const mayPass = error instanceof AppError && error.retry === "later" && !options.signal.aborted;
      if (!mayPass || attempt >= options.retries) throw error;
      await pause((attempt + 1) * 1_000, options.signal);
    }
  }
};

const fetchOnce = async (options: Options): Promise<Fetched> => {
  const { url, secrets, teamId, feedId, etag = null, lastModified = null, signal } = options;
  const response = assertAnswered(
    await guardedFetch()(url, { headers: toRequestHeaders(secrets), etag, lastModified, signal }),
    new Date(),
  );
  if (response.status === 304) {
    response.discard();
    return { status: "not-modified" };
  }
  const { contentType, finalUrl } = response;
  return {
    status: "fetched",
    body: await spoolBody(response.body, { teamId, feedId, contentType, finalUrl: withoutQuery(finalUrl) }),
    httpStatus: response.status,
    contentType,
    etag: response.etag,
    lastModified: response.lastModified,
  };
};

// A query may hold a key.
const withoutQuery = (address: string): string => {
  const url = new URL(address);
  url.search = "";
  return url.href;
};

let guarded: GuardedFetch | undefined;
const guardedFetch = (): GuardedFetch => {
  const { FEED_ALLOWED_CIDRS, SANDBOX_URL } = env();
  return (guarded ??= createGuardedFetch({
    allowedCidrs: FEED_ALLOWED_CIDRS,
    allowedOrigins: SANDBOX_URL ? [SANDBOX_URL] : [],
  }));
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
