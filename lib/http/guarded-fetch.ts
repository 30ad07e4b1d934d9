import { request as sendRequest, type Agent, type Dispatcher } from "undici";

import { AppError } from "@/lib/domain/errors";

import { allowingCidrs } from "./address-rule";
import { startDeadline } from "./deadline";
import { describeNetworkFailure } from "./describe-network-failure";
import { toResponse, type FetchedResponse } from "./fetched-response";
import { createGuardedAgent, type ResolveHost, type TlsTrust } from "./guarded-agent";
import { checkHeaders, headerText, type HeaderMap } from "./outgoing-headers";
import { assertReachable, parseOutgoingUrl, type UrlRules } from "./outgoing-url";
import { followRedirect, redirectLocation, type Hop, type Method } from "./redirects";
import type { BodyLimits } from "./response-body";

type FetchLimits = BodyLimits & {
  /** Until the answer's headers are there, each hop. */
  headersMs: number;
  /** Between two pieces of the body. */
  idleMs: number;
  /** All hops and the whole body together. */
  totalMs: number;
};

export type GuardedFetchOptions = {
  /** Networks that may be reached besides public addresses (FEED_ALLOWED_CIDRS). */
  allowedCidrs?: readonly string[];
  /** Exact origins that may be reached wherever they are, such as the sandbox's. */
  allowedOrigins?: readonly string[];
  /** The only ports to connect to; by default all that may speak HTTP. */
  allowedPorts?: readonly number[];
  limits?: Partial<FetchLimits>;
  /** Whose certificates are trusted, unless the system's alone. */
  tls?: TlsTrust;
  /** Name resolution; replaced in tests. */
  resolve?: ResolveHost;
};

export type FetchRequest = {
  method?: Method;
  /** Credentials and whatever else a person configured; they never leave the first origin. */
  headers?: HeaderMap;
  body?: string;
  accept?: string;
  /** What the last good answer carried; the server may then say 304. */
  etag?: string | null;
  lastModified?: string | null;
  limits?: Partial<FetchLimits>;
  signal?: AbortSignal;
};

export type GuardedFetch = (address: string, request?: FetchRequest) => Promise<FetchedResponse>;

/**
 * Makes the one function by which addresses that people entered are fetched. Literal addresses, resolved names and every
 * redirect are checked; size, time and decompression are limited. Any status is an answer, other failures throw an AppError.
 */
export const createGuardedFetch = (options: GuardedFetchOptions = {}): GuardedFetch => {
  const rules: UrlRules = {
    isAllowed: allowingCidrs(options.allowedCidrs ?? []),
    allowedOrigins: new Set((options.allowedOrigins ?? []).map((origin) => new URL(origin).origin)),
    allowedPorts: options.allowedPorts ? new Set(options.allowedPorts) : null,
  };
  const { resolve, tls } = options;
  const guarded = createGuardedAgent({ connectMs: CONNECT_MS, resolve, tls, isAllowed: rules.isAllowed });
  const trusting = createGuardedAgent({ connectMs: CONNECT_MS, resolve, tls, isAllowed: () => true });

  return async (address, request = {}) => {
    const limits = { ...DEFAULT_LIMITS, ...options.limits, ...request.limits };
    let hop = firstHop(address, request);
    const deadline = startDeadline(limits.totalMs, hop.url.host, request.signal);
    const seen = new Set<string>();
    try {
      for (;;) {
        assertReachable(hop.url, rules);
        seen.add(hop.url.href);
        const dispatcher = rules.allowedOrigins.has(hop.url.origin) ? trusting : guarded;
        const answer = await send(hop, request, { limits, dispatcher, signal: deadline.signal });
        const location = redirectLocation(answer.statusCode, headerText(answer.headers, "location"));
        if (location === null) {
          const facts = { hop, hasMoved: seen.size > 1, limits, deadline, caller: request.signal };
          return toResponse(answer, facts);
        }
        answer.body.on("error", () => undefined).destroy();
        hop = followRedirect(hop, answer.statusCode, location);
        assertProgress(hop, seen);
      }
    } catch (error) {
      deadline.stop();
      throw error;
    }
  };
};

const firstHop = (address: string, { method = "GET", headers = {}, body }: FetchRequest): Hop => ({
  url: parseOutgoingUrl(address),
  method,
  headers: checkHeaders(headers),
  body: body ?? null,
  hasLeftOrigin: false,
});

const send = async (
  { url, method, headers, body }: Hop,
  { accept = "*/*", etag, lastModified, signal: callerSignal }: FetchRequest,
  { limits, dispatcher, signal }: { limits: FetchLimits; dispatcher: Agent; signal: AbortSignal },
): Promise<Dispatcher.ResponseData> => {
  try {
    return await sendRequest(url, {
      method,
      body,
      dispatcher,
      signal,
      headersTimeout: limits.headersMs,
      bodyTimeout: limits.idleMs,
      headers: {
        "user-agent": "Sluice",
        accept,
        ...headers,
        "accept-encoding": "gzip, deflate, br",
        ...(etag ? { "if-none-match": etag } : {}),
        ...(lastModified ? { "if-modified-since": lastModified } : {}),
      },
    });
  } catch (error) {
    // The caller's own stop is no failure of the host.
    if (callerSignal?.aborted === true) throw error;
    throw describeNetworkFailure(error, url.host);
  }
};

const assertProgress = ({ url }: Hop, seen: ReadonlySet<string>): void => {
  if (seen.has(url.href)) {
    throw new AppError(
      "upstream_rejected",
      `${url.host} redirects in a circle. Its address may want a session or cookies.`,
    );
  }
  if (seen.size > MAX_REDIRECTS) {
    throw new AppError(
      "upstream_rejected",
      `The address redirects more than ${String(MAX_REDIRECTS)} times, last to ${url.host}.`,
    );
  }
};

const MAX_REDIRECTS = 5;
const CONNECT_MS = 10_000;
const DEFAULT_LIMITS: FetchLimits = {
  maxWireBytes: 256 * 1024 * 1024,
  maxDecodedBytes: 1024 * 1024 * 1024,
  maxRatio: 200,
  ratioFreeBytes: 1024 * 1024,
  headersMs: 30_000,
  idleMs: 30_000,
  totalMs: 10 * 60_000,
};
