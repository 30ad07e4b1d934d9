import { AppError } from "@/lib/domain/errors";

import type { HeaderMap } from "./outgoing-headers";
import { retryAfterMs } from "./retry-after";

export type AnswerFacts = {
  host: string;
  status: number;
  headers: HeaderMap;
  /** True when a redirect led to another origin, where credentials are not sent. */
  hasLeftOrigin: boolean;
};

/** The failure behind an HTTP status as a sentence with a next step; null for 2xx and 304. */
export const describeHttpFailure = (facts: AnswerFacts, now: Date): AppError | null => {
  const { status } = facts;
  if ((status >= 200 && status < 300) || status === 304) return null;
  const context = { status, retryAfterMs: retryAfterMs(facts.headers, "", now, LONGEST_WAIT_MS) };
  if (status >= 500 || RETRYABLE.has(status)) {
    return new AppError("upstream_unavailable", sentence(facts, context.retryAfterMs), {
      retry: "later",
      context,
    });
  }
  return new AppError("upstream_rejected", sentence(facts, null), { context });
};

const sentence = ({ host, status, hasLeftOrigin }: AnswerFacts, waitMs: number | null): string => {
  const code = `(HTTP ${String(status)})`;
  if ((status === 401 || status === 403) && hasLeftOrigin) {
    return `The address redirects to ${host}, which wants credentials ${code}. Credentials are not carried to another origin: enter the final address in the settings.`;
  }
  if (status === 401)
    return `${host} wants credentials or refuses those it got ${code}. Check the user name, password or key.`;
  if (status === 403)
    return `${host} refuses access ${code}. The key may lack a right, or this server's address may be blocked there.`;
  if (status === 404 || status === 410)
    return `${host} has nothing at this address ${code}. It may have moved.`;
  if (status === 407) return `A proxy before ${host} wants credentials ${code}.`;
  if (status === 429)
    return `${host} asks us to slow down ${code}${waitMs === null ? "" : `, for ${waitOf(waitMs)}`}. Nothing was changed; it is tried again. If it stays so, let the feed run less often.`;
  if (status >= 500)
    return `${host} is in trouble ${code}. Nothing was changed; it is tried again. If it stays so, tell whoever runs it.`;
  if (status >= 300 && status < 400) return `${host} answered with a redirect that leads nowhere ${code}.`;
  return `${host} refused the request ${code}.`;
};

const waitOf = (ms: number): string => {
  if (ms >= LONGEST_WAIT_MS) return "a day or more";
  if (ms >= 120 * 60_000) return `${String(Math.ceil(ms / 3_600_000))} hours`;
  if (ms >= 120_000) return `${String(Math.ceil(ms / 60_000))} minutes`;
  return ms <= 1_000 ? "a second" : `${String(Math.ceil(ms / 1_000))} seconds`;
};

/** Lists are given out by the day, and so is leave to fetch them; whoever asks for longer is asked again after that. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

const RETRYABLE = new Set([408, 425, 429]);
