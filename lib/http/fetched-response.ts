import type { Dispatcher } from "undici";

import { AppError } from "@/lib/domain/errors";
import { findRobotCheck, robotCheckFailure } from "@/lib/domain/feed/robot-check";

import type { Deadline } from "./deadline";
import { describeHttpFailure } from "./describe-http-failure";
import { headerText, type HeaderMap } from "./outgoing-headers";
import { isSignInPage, type Hop } from "./redirects";
import { parseContentEncoding, readBody, type BodyLimits } from "./response-body";

export type FetchedResponse = {
  status: number;
  /** Lower-case names; repeated headers joined by a comma. */
  headers: HeaderMap;
  contentType: string | null;
  etag: string | null;
  lastModified: string | null;
  /** Where the redirects ended. May hold a key in its query: not for logs. */
  finalUrl: string;
  host: string;
  hasLeftOrigin: boolean;
  /** Decompressed and limited; to be read once. Throws an AppError when it breaks off. Read it or call `discard`. */
  body: AsyncIterable<Uint8Array>;
  discard: () => void;
};

type Answer = Dispatcher.ResponseData;
type Facts = {
  hop: Hop;
  hasMoved: boolean;
  limits: BodyLimits;
  deadline: Deadline;
  caller: AbortSignal | undefined;
};

/** Wraps the last answer of a chain; throws when it is a sign-in page or in an encoding we cannot read. */
export const toResponse = (
  answer: Answer,
  { hop, hasMoved, limits, deadline, caller }: Facts,
): FetchedResponse => {
  const { host } = hop.url;
  const header = (name: string): string | null => headerText(answer.headers, name);
  const discard = (): void => {
    deadline.stop();
    answer.body.on("error", () => undefined).destroy();
  };
  try {
    if (hasMoved && answer.statusCode === 200 && isSignInPage(hop.url, header("content-type"))) {
      throw signInPage(host);
    }
    const encodings = parseContentEncoding(header("content-encoding"), host);
    return {
      status: answer.statusCode,
      headers: flatten(answer.headers),
      contentType: header("content-type"),
      etag: header("etag"),
      lastModified: header("last-modified"),
      finalUrl: hop.url.href,
      host,
      hasLeftOrigin: hop.hasLeftOrigin,
      body: untilRead(readBody(answer.body, { encodings, limits, host, caller }), discard),
      discard,
    };
  } catch (error) {
    discard();
    throw error;
  }
};

/** Passes a 2xx or 304 answer on; any other, and a robot check, is let go and thrown as the AppError that explains it. */
export const assertAnswered = async (response: FetchedResponse, now: Date): Promise<FetchedResponse> => {
  const { status, host, headers } = response;
  const refusal = describeHttpFailure(response, now);
  const text = refusal !== null && MAY_BE_ROBOT_CHECK.has(status) ? await readStart(response) : "";
  const check = findRobotCheck({ headers, text });
  const failure = check === null ? refusal : robotCheckFailure(host, check, status);
  if (failure === null) return response;
  response.discard();
  throw failure;
};

/** The beginning of a page that goes with a refusal; as much of it as comes soon, since nothing hangs on it but words. */
const readStart = async ({ body, discard }: FetchedResponse): Promise<string> => {
  const late = new AbortController();
  late.signal.addEventListener("abort", discard, { once: true });
  const timer = setTimeout(() => {
    late.abort();
  }, MAX_START_MS);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= MAX_START_BYTES) break;
    }
  } catch (error) {
    // The status says enough when the page breaks off; a caller's own stop is no failure of the host.
    if (!late.signal.aborted && !(error instanceof AppError)) throw error;
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, MAX_START_BYTES).toString("utf8");
};

// However reading ends (all read, an error, a reader that stops early), the socket and the clock are let go.
const untilRead = async function* (
  body: AsyncIterable<Uint8Array>,
  letGo: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } finally {
    letGo();
  }
};

const flatten = (headers: Answer["headers"]): HeaderMap =>
  Object.fromEntries(Object.keys(headers).map((name) => [name, headerText(headers, name) ?? ""]));

const signInPage = (host: string): AppError =>
  new AppError(
    "upstream_rejected",
    `The address redirects to a sign-in page at ${host} instead of data. It needs credentials, or it has moved. Nothing was changed.`,
  );

/** With other statuses a captcha is no more than part of somebody's error page. */
const MAY_BE_ROBOT_CHECK = new Set([403, 405, 406, 429, 503]);
const MAX_START_BYTES = 16 * 1024;
const MAX_START_MS = 3_000;
