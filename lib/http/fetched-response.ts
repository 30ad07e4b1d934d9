import type { Dispatcher } from "undici";

import { AppError } from "@/lib/domain/errors";

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

/** Passes a 2xx or 304 answer on; any other is let go and thrown as the AppError that explains it. */
export const assertAnswered = (response: FetchedResponse, now: Date): FetchedResponse => {
  const { status, host, hasLeftOrigin, headers } = response;
  const failure = describeHttpFailure(
    { status, host, hasLeftOrigin, retryAfter: headers["retry-after"] ?? null },
    now,
  );
  if (failure === null) return response;
  response.discard();
  throw failure;
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
