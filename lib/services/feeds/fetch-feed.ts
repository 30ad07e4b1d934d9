import "server-only";

import { AppError } from "@/lib/domain/errors";
import type { FeedSettings } from "@/lib/domain/feed/feed";
import type { FeedSignIn } from "@/lib/domain/feed/feed-secrets";
import type { SourceNote } from "@/lib/feeds/source";
import { getSource } from "@/lib/feeds/source-registry";
import type { ResolveHost } from "@/lib/http/guarded-agent";
import { isCollected, type FeedKind } from "@/lib/domain/feed/kinds";

import { spoolBody, type SpooledBody } from "./body-spool";
import { createOpen } from "./feed-http";
import { linesOf, readBodyLines } from "./stored-body";
import { takeBeginning } from "./take-beginning";
import { unpack } from "./unpack-body";

export type Fetched =
  | { status: "not-modified" }
  | {
      status: "fetched";
      body: SpooledBody;
      /** The body is the beginning of a longer one: the rest was not asked for. */
      isBeginning: boolean;
      extent: "full" | "delta";
      /** What the source wants to know next time, kept beside the body; null for a single answer. */
      sourceState: unknown;
      /** Null for what no server answered. */
      httpStatus: number | null;
      contentType: string | null;
      etag: string | null;
      lastModified: string | null;
      /** What went wrong without ending the fetch. */
      notes: readonly SourceNote[];
    };

type Options = {
  kind: FeedKind;
  url: string;
  settings: FeedSettings;
  secrets: FeedSignIn;
  teamId: string;
  feedId: string | null;
  etag?: string | null;
  lastModified?: string | null;
  /** The body that is live, for a source that asks for changes only. */
  previous?: { bodyId: string; state: unknown } | null;
  signal: AbortSignal;
  now: Date;
  /** How often a failure that may pass is tried again at once. */
  retries: number;
  /**
   * For a preview: so many values of a source that is asked several times are enough; of one that is asked once so many
   * bytes, or what came in so long a time.
   */
  enough?: { values: number; bytes: number; ms: number };
  /** Name resolution; replaced in tests. */
  resolve?: ResolveHost | undefined;
};

/**
 * Fetches what a feed's source holds now, through the guard: one answer, or a body put together from many. Throws an
 * AppError with a sentence for a person; a failure that may pass is first tried again.
 */
export const fetchFeed = async (options: Options): Promise<Fetched> => {
  const { kind, url, secrets, settings, signal, retries, resolve } = options;
  const { tls, limits } = settings;
  const open = createOpen({ url, secrets, tls, limits, signal, retries, resolve });
  return isCollected(kind) ? collectWhole({ ...options, open }) : fetchWhole({ ...options, open });
};

type WithOpen = Options & { open: ReturnType<typeof createOpen> };

// `open` tries again what fails before the body. A body that breaks off is worth another request, too; the last one is kept
// as far as it came, so that a person can look at it.
const fetchWhole = async (options: WithOpen): Promise<Fetched> => {
  for (let attempt = 0; ; attempt += 1) {
    const isLast = attempt >= options.retries;
    const fetched = await fetchOnce(options, isLast);
    if (fetched !== "broken") return fetched;
  }
};

const fetchOnce = async (options: WithOpen, isLast: boolean): Promise<Fetched | "broken"> => {
  const { open, url, settings, teamId, feedId, etag = null, lastModified = null, enough } = options;
  const late = enough && AbortSignal.timeout(enough.ms);
  const answer = await open(url, { etag, lastModified });
  if (answer.status === 304) {
    answer.discard();
    return { status: "not-modified" };
  }
  const contentType = answer.headers["content-type"] ?? null;
  const whole = unpack(answer.body, settings);
  const beginning =
    enough && late && takeBeginning(whole, { maxBytes: enough.bytes, late, letGo: answer.discard });
  const source = beginning?.read ?? whole;
  const owner = { teamId, feedId, contentType, finalUrl: withoutQuery(answer.finalUrl) };
  try {
    const body = await spoolBody(source, owner, { keepsBroken: isLast });
    return {
      status: "fetched",
      body,
      isBeginning: beginning?.isCut() ?? false,
      extent: "full",
      sourceState: null,
      httpStatus: answer.status,
      contentType,
      etag: answer.etag,
      lastModified: answer.lastModified,
      notes: [],
    };
  } catch (error) {
    const mayPass = error instanceof AppError && error.retry === "later" && !options.signal.aborted;
    if (mayPass && !isLast) return "broken";
    throw error;
  }
};

const collectWhole = async (options: WithOpen): Promise<Fetched> => {
  const { kind, url, settings, open, teamId, feedId, previous, enough, now, signal } = options;
  const owner = { teamId, feedId, contentType: "application/x-ndjson", finalUrl: withoutQuery(url) };
  const collected = await getSource(kind).collect({
    url,
    settings,
    open,
    previous: previous
      ? { state: previous.state, lines: () => readBodyLines(teamId, previous.bodyId) }
      : null,
    etag: options.etag ?? null,
    lastModified: options.lastModified ?? null,
    ...(enough && { enough: enough.values }),
    spool: async (lines) => {
      const aside = await spoolBody(toBytes(lines), owner);
      return () => linesOf(aside.read());
    },
    now,
    signal,
  });
  if (collected.status === "not-modified") return collected;
  const body = await spoolBody(toBytes(collected.lines), owner);
  const { state, etag, lastModified, notes } = collected.end();
  return {
    status: "fetched",
    body,
    isBeginning: false,
    extent: collected.extent,
    sourceState: state,
    httpStatus: 200,
    contentType: owner.contentType,
    etag,
    lastModified,
    notes,
  };
};

/** Lines as bytes, in pieces worth handing over. */
async function* toBytes(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let piece = "";
  for await (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield Buffer.from(piece, "utf8");
    piece = "";
  }
  if (piece !== "") yield Buffer.from(piece, "utf8");
}

const PIECE_CHARACTERS = 262_144;

// A query may hold a key.
const withoutQuery = (address: string): string => {
  const url = new URL(address);
  url.search = "";
  return url.href;
};
