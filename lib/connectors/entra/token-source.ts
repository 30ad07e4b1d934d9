import { AuthError } from "@azure/msal-node";
import { z } from "zod";

import { fail, ok, type Result } from "@/lib/domain/result";
import type { VendorFetch } from "@/lib/http/vendor-fetch";

import { decodeRoles } from "./decode-roles";
import { explainSignInFailure, type EntraProblem } from "./explain-error";
import { TransportError } from "./network-module";
import { createServerClock, type ServerClock } from "./server-clock";
import { createTokenClient, type SignIn, type TokenClient } from "./token-client";

export type AccessToken = {
  value: string;
  /** The application permissions in it; null when it cannot be read. */
  roles: readonly string[] | null;
  expiresAt: Date | null;
  /** By how much Microsoft's clock is ahead of this machine's, in ms, as far as its answers to sign-in told; 0 where that is little. */
  aheadMs: number;
};

export type TokenRequest = {
  /** A token that a service has just refused; another one is fetched unless that has already happened. */
  insteadOf?: string | undefined;
  /** Ask Entra ID even when a valid token is at hand, so that new permissions show. */
  isFresh?: boolean;
  signal?: AbortSignal | undefined;
};

export type TokenSource = (
  scope: string,
  request?: TokenRequest,
) => Promise<Result<AccessToken, EntraProblem>>;

/**
 * Makes the one source of an application's tokens. Tokens are cached until five minutes before their end, parallel calls
 * share one request, a wait that Entra ID asked for is kept without asking again. What Entra ID refuses is a result.
 */
export const createTokenSource = (signIn: SignIn, fetch: VendorFetch, now: () => Date): TokenSource => {
  const clock = createServerClock(now);
  const client = createTokenClient(signIn, fetch, clock);
  const flights = new Map<string, Promise<Result<AccessToken, EntraProblem>>>();
  const latest = new Map<string, AccessToken>();
  let pause: { until: number; problem: EntraProblem } | null = null;

  const acquire = async (scope: string, skipCache: boolean): Promise<Result<AccessToken, EntraProblem>> => {
    const waitMs = pause === null ? 0 : pause.until - now().getTime();
    if (pause !== null && waitMs > 0) return fail({ ...pause.problem, retryAfterMs: waitMs });
    const result = await ask(client, { scope, skipCache, clock }, signIn);
    if (result.ok) {
      latest.set(scope, result.value);
      pause = null;
      return result;
    }
    const { problem } = result;
    if (problem.retryAfterMs !== null) pause = { until: now().getTime() + problem.retryAfterMs, problem };
    // MSAL renews early when told to; a token that still holds is not lost because that failed.
    const held = skipCache || problem.retry === "never" ? undefined : latest.get(scope);
    return held?.expiresAt && held.expiresAt > now() ? ok(held) : result;
  };

  return (scope, { insteadOf, isFresh = false, signal } = {}) => {
    const isRefused = insteadOf !== undefined && latest.get(scope)?.value === insteadOf;
    const skipCache = isFresh || isRefused;
    const key = `${scope} ${String(skipCache)}`;
    const flight =
      flights.get(key) ??
      acquire(scope, skipCache).finally(() => {
        flights.delete(key);
      });
    flights.set(key, flight);
    return untilAborted(flight, signal);
  };
};

type Asked = { scope: string; skipCache: boolean; clock: ServerClock };

const ask = async (
  client: TokenClient,
  { scope, skipCache, clock }: Asked,
  { tenantId, clientId, credential }: SignIn,
): Promise<Result<AccessToken, EntraProblem>> => {
  const explain = (errorCode: string, errorNo: string | null, message: string): Result<never, EntraProblem> =>
    fail(
      explainSignInFailure(
        { errorCode, errorNo, message },
        { tenantId, clientId, scope, clockOffMs: clock.offMs() },
      ),
    );
  try {
    const answer = await client(scope, skipCache);
    if (answer === null || answer.accessToken === "") return explain("no_token", null, "");
    return ok({
      value: answer.accessToken,
      roles: decodeRoles(answer.accessToken),
      expiresAt: answer.expiresOn !== null && answer.expiresOn.getTime() > 0 ? answer.expiresOn : null,
      aheadMs: clock.offMs(),
    });
  } catch (error) {
    if (error instanceof TransportError) return fail(error.problem);
    if (!(error instanceof AuthError)) throw error;
    const { errorCode, errorNo = null, errorMessage } = failureSchema.parse(error);
    if (credential.kind === "managed-identity") return explain("no_managed_identity", null, "");
    return explain(errorCode, errorNo, errorMessage);
  }
};

// MSAL types `errorNo` as text and hands on the number of the answer.
const failureSchema = z.object({
  errorCode: z.string(),
  errorNo: z.union([z.string(), z.number().transform(String)]).optional(),
  errorMessage: z.string().catch(""),
});

// The request itself goes on for the others who wait for it.
const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  const stop = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error("Stopped."));
    };
    signal.addEventListener("abort", onAbort, { once: true, signal: stop.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop.abort();
  }
};
