import "server-only";

import { setTimeout as sleep } from "node:timers/promises";

import { AppError } from "@/lib/domain/errors";
import type { FeedSignIn } from "@/lib/domain/feed/feed-secrets";
import type { Limits, TlsSettings } from "@/lib/domain/feed/limit-settings";
import { env } from "@/lib/env/server";
import type { OpenAddress, SourceAnswer, SourceRequest } from "@/lib/feeds/source";
import { assertAnswered } from "@/lib/http/fetched-response";
import type { ResolveHost } from "@/lib/http/guarded-agent";
import { createGuardedFetch, type GuardedFetch } from "@/lib/http/guarded-fetch";

import { toRequestHeaders } from "./feed-secrets";
import { RATIO_FREE_BYTES } from "./growth";

type Options = {
  /** The feed's own address: its sign-in and headers go to this origin and to no other. */
  url: string;
  secrets: FeedSignIn;
  tls: TlsSettings;
  limits: Limits;
  signal: AbortSignal;
  /** How often a failure that may pass is tried again at once. */
  retries: number;
  /** Name resolution; replaced in tests. */
  resolve?: ResolveHost | undefined;
};

/**
 * The one way from a feed to the network: through the guard (public addresses only, limited in size and time), with the
 * feed's sign-in at its own origin. A failure that may pass is first tried again: after one, then two seconds, or after as
 * long as the server asked for, up to a minute. Who asks for more is asked again at the feed's next run.
 */
export const createOpen = (options: Options): OpenAddress => {
  const { origin } = new URL(options.url);
  const own = toRequestHeaders(options.secrets);
  return async (url, request = {}) => {
    const isOwnOrigin = URL.canParse(url) && new URL(url).origin === origin;
    const { retries = options.retries, ...asked } = request;
    return withRetries({ ...options, retries }, () => openOnce(url, asked, isOwnOrigin ? own : {}, options));
  };
};

const openOnce = async (
  url: string,
  { headers = {}, maxBytes, alsoStatuses = [], headersMs, ...request }: SourceRequest,
  own: Readonly<Record<string, string>>,
  { tls, limits, signal, resolve }: Options,
): Promise<SourceAnswer> => {
  const fetch = resolve ? makeFetch(tls, resolve) : guardedFetch(tls);
  const maxDecodedBytes = maxBytes ?? limits.maxMegabytes * MEGABYTE;
  const response = await fetch(url, {
    ...request,
    headers: { ...headers, ...own },
    signal,
    limits: {
      maxDecodedBytes,
      maxWireBytes: maxDecodedBytes,
      totalMs: limits.maxMinutes * 60_000,
      ratioFreeBytes: RATIO_FREE_BYTES,
      ...(headersMs !== undefined && { headersMs }),
    },
  });
  return alsoStatuses.includes(response.status) ? response : assertAnswered(response, new Date());
};

const withRetries = async <Answer>(
  { retries, signal }: Options,
  attemptOnce: () => Promise<Answer>,
): Promise<Answer> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await attemptOnce();
    } catch (error) {
      const mayPass = error instanceof AppError && error.retry === "later" && !signal.aborted;
      if (!mayPass || attempt >= retries) throw error;
      const waitMs = Math.max((attempt + 1) * 1_000, askedWaitMs(error));
      if (waitMs > MAX_WAIT_MS) throw error;
      // Who is told to stop meanwhile hears it from the next attempt, in its words.
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
};

/** What a Retry-After header asked for; 0 when there was none. */
const askedWaitMs = ({ context }: AppError): number =>
  typeof context["retryAfterMs"] === "number" ? context["retryAfterMs"] : 0;

const MAX_WAIT_MS = 60_000;

// Agents hold connections, so there is one for each way of trusting; own certificates are few.
const guardedFetch = (tls: TlsSettings): GuardedFetch => {
  const key = tls.isInsecure ? "insecure" : (tls.caPem ?? "");
  const known = fetches.get(key);
  if (known) return known;
  const made = makeFetch(tls);
  if (fetches.size >= MAX_AGENTS) fetches.clear();
  fetches.set(key, made);
  return made;
};
const makeFetch = (tls: TlsSettings, resolve?: ResolveHost): GuardedFetch => {
  const { FEED_ALLOWED_CIDRS, SANDBOX_URL } = env();
  return createGuardedFetch({
    allowedCidrs: FEED_ALLOWED_CIDRS,
    allowedOrigins: SANDBOX_URL ? [SANDBOX_URL] : [],
    tls,
    ...(resolve && { resolve }),
  });
};
const fetches = new Map<string, GuardedFetch>();
const MAX_AGENTS = 50;
const MEGABYTE = 1024 * 1024;
