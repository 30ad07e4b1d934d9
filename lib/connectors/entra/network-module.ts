import {
  AuthError,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from "@azure/msal-node";
import { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import { retryAfterMs } from "@/lib/http/retry-after";
import type { VendorAnswer, VendorFetch } from "@/lib/http/vendor-fetch";

import type { ServerClock } from "./server-clock";
import { explainOddAnswer, explainUnavailable, type EntraProblem } from "./explain-error";

/** Carries a failure through MSAL, which passes on its own kind of error only. */
export class TransportError extends AuthError {
  constructor(readonly problem: EntraProblem) {
    super("transport_error", "", problem.what);
    // AuthError sets its own prototype on whatever it makes.
    Object.setPrototypeOf(this, TransportError.prototype);
  }
}

/**
 * The wire below MSAL: our client with its limits in place of `fetch` without any. Throttling and outages are thrown here, before
 * MSAL sees them, since it would lock itself out for a minute; an answer that is no token answer never reaches its parser.
 */
export const createNetworkModule = (
  fetch: VendorFetch,
  clock: ServerClock,
  asked: "entra" | "machine" = "entra",
): INetworkModule => {
  const send = async <T>(
    url: string,
    body: string | null,
    headers: Record<string, string> = {},
  ): Promise<NetworkResponse<T>> => {
    // Entra ID needs none of them; the machine's endpoint is let in by what MSAL read from the environment.
    const own = asked === "machine" ? { headers } : {};
    const answer = await attempt(() =>
      body === null
        ? fetch({ method: "GET", url, ...own })
        : fetch({ method: "POST", effect: "read", url, body: { form: body }, ...own }),
    );
    clock.note(answer.headers);
    assertTokenAnswer(answer, clock.now(), asked);
    // MSAL types the body by the call it makes; what we know of it is checked above.
    return { status: answer.status, headers: {}, body: answer.json as T };
  };
  return {
    sendGetRequestAsync: (url, options) => send(url, null, options?.headers),
    sendPostRequestAsync: (url, options?: NetworkRequestOptions) =>
      send(url, options?.body ?? "", options?.headers),
  };
};

const attempt = async (ask: () => Promise<VendorAnswer>): Promise<VendorAnswer> => {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new TransportError({
      what: error.message,
      fix: "Check that this server may open https connections to Microsoft's sign-in host.",
      retry: error.retry,
      retryAfterMs: null,
      reference: null,
    });
  }
};

const assertTokenAnswer = (
  { status, headers, text, json }: VendorAnswer,
  now: Date,
  asked: "entra" | "machine",
): void => {
  if (status === 429 || status >= 500) {
    throw new TransportError(explainUnavailable(status, retryAfterMs(headers, text, now)));
  }
  const isOk = status >= 200 && status < 300;
  // Each of Azure's endpoints refuses in words of its own.
  if (!isOk && asked === "machine") return;
  if (!(isOk ? tokenSchema : refusalSchema).safeParse(json).success)
    throw new TransportError(explainOddAnswer(status));
};

const tokenSchema = z.looseObject({ access_token: z.string().min(1) });
const refusalSchema = z.looseObject({ error: z.string() });
