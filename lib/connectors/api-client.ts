import { AppError } from "@/lib/domain/errors";
import type { Result } from "@/lib/domain/result";
import type { VendorAnswer, VendorFetch, VendorRequest } from "@/lib/http/vendor-fetch";

import type { Operation, Pace } from "./contract";
import type { EntraProblem } from "./entra/explain-error";
import type { AccessToken, TokenRequest, TokenSource } from "./entra/token-source";

type Call = { operation: Operation; url: string; signal?: AbortSignal | undefined };
export type ApiCall = Call &
  (
    | { method: "GET" }
    | { method: "POST"; effect: "read" | "write"; json: unknown }
    | { method: "DELETE"; effect: "write" }
  );

export type ApiClient = {
  /** Sends one paced, signed request; any status is an answer. Throws when no token or no answer came. */
  call: (call: ApiCall) => Promise<VendorAnswer>;
  /** The token that requests would carry. */
  token: (request?: TokenRequest) => Promise<Result<AccessToken, EntraProblem>>;
  /** The same; throws the AppError that says why there is none. */
  requireToken: (request?: TokenRequest) => Promise<AccessToken>;
  /** What time it is for Microsoft, whatever this machine's clock says. Throws when no token came. */
  theirNow: (signal?: AbortSignal) => Promise<Date>;
};

/** Told what becomes of the credential that requests are signed with. */
export type CredentialWatch = {
  /** Entra ID or the service itself does not take it; only a person can mend that. */
  refused: (why: string) => Promise<void>;
  /** It was taken, whatever became of the request. Left out while nothing else was known. */
  accepted?: () => Promise<void>;
};

export type ApiClientOptions = {
  fetch: VendorFetch;
  tokens: TokenSource;
  scope: string;
  pace: Pace;
  watch?: CredentialWatch | undefined;
  now: () => Date;
};

/** Makes the client of one API: a token from the shared source for each request, and after a 401 one more try with a new one. */
export const createApiClient = ({ fetch, tokens, scope, pace, watch, now }: ApiClientOptions): ApiClient => {
  const token = async (request?: TokenRequest): Promise<Result<AccessToken, EntraProblem>> => {
    const result = await tokens(scope, request);
    if (!result.ok && result.problem.isCredentialRefused === true) await watch?.refused(result.problem.what);
    return result;
  };

  const requireToken = async (request?: TokenRequest): Promise<AccessToken> => {
    const result = await token(request);
    if (result.ok) return result.value;
    throw toSignInFailure(result.problem);
  };

  /** The token is taken after the wait, which may outlast one. */
  const send = async (
    call: ApiCall,
    insteadOf?: string,
  ): Promise<{ answer: VendorAnswer; bearer: string }> => {
    await pace(call.operation, call.signal);
    const { value: bearer } = await requireToken({ signal: call.signal, insteadOf });
    return { bearer, answer: await fetch({ ...toRequest(call), bearer }) };
  };

  return {
    token,
    requireToken,
    theirNow: async (signal) => {
      const { aheadMs } = await requireToken({ signal });
      return new Date(now().getTime() + aheadMs);
    },
    call: async (call) => {
      const { answer, bearer } = await send(call);
      // A token may have been revoked or have run out on the way; a second 401 is the service's last word.
      const last = answer.status === 401 ? (await send(call, bearer)).answer : answer;
      if (last.status === 401)
        await watch?.refused(`${new URL(call.url).host} does not accept its token (HTTP 401).`);
      else if (isTokenTaken(last)) await watch?.accepted?.();
      return last;
    },
  };
};

/** Whatever a service answers to the request itself, it took the token first. */
const isTokenTaken = ({ status }: VendorAnswer): boolean =>
  (status < 300 || (status >= 400 && status < 500)) && !BEFORE_THE_TOKEN.has(status);

/** A proxy's sign-in, a request that came too slowly, and throttling: nobody may have looked at it. */
const BEFORE_THE_TOKEN: ReadonlySet<number> = new Set([407, 408, 429]);

/** The AppError for a token that did not come. */
const toSignInFailure = (problem: EntraProblem): AppError => {
  const { what, fix, retry, retryAfterMs, reference, isThrottled = false } = problem;
  return new AppError(retry === "later" ? "upstream_unavailable" : "upstream_rejected", `${what} ${fix}`, {
    retry,
    context: { retryAfterMs, reference, isSignIn: true, ...(isThrottled && { status: 429 }) },
  });
};

const toRequest = (call: ApiCall): VendorRequest => {
  const shared = { url: call.url, ...(call.signal ? { signal: call.signal } : {}) };
  if (call.method === "GET") return { ...shared, method: "GET" };
  if (call.method === "DELETE") return { ...shared, method: "DELETE", effect: call.effect };
  return { ...shared, method: "POST", effect: call.effect, body: { json: call.json } };
};
