import type { FeedSettings } from "@/lib/domain/feed/feed";

/** One answer of a source. `body` is decompressed and limited; it is read once. */
export type SourceAnswer = {
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  etag: string | null;
  lastModified: string | null;
  /** Where redirects ended. */
  finalUrl: string;
  body: AsyncIterable<Uint8Array>;
  discard: () => void;
};

export type SourceRequest = {
  method?: "GET" | "POST";
  /** Beside the feed's own sign-in and headers, which are added by whoever opens. */
  headers?: Readonly<Record<string, string>>;
  body?: string;
  accept?: string;
  etag?: string | null;
  lastModified?: string | null;
  /** The most that this answer may be, after decompression. */
  maxBytes?: number;
  /** Statuses that are answers, too: their body says why. */
  alsoStatuses?: readonly number[];
  /** How often a failure that may pass is tried again; left out: as often as the run's other requests. */
  retries?: number;
  /** How long to wait for the beginning of the answer, for a server that has to search first. */
  headersMs?: number;
};

/**
 * Asks an address, through the guard against private networks, with the feed's sign-in where it belongs (never at another
 * origin than the feed's). Answers 2xx, 304 and the statuses named; any other one and every network failure is an AppError
 * with a sentence for a person. Failures that may pass have been tried again.
 */
export type OpenAddress = (url: string, request?: SourceRequest) => Promise<SourceAnswer>;

/** Something that went wrong without ending the run: one event that could not be read, one page that was skipped. */
export type SourceNote = { subject: string; message: string };

export type SourceContext = {
  url: string;
  settings: FeedSettings;
  open: OpenAddress;
  /** What the live generation was put together from; null at the first run and after a change of what is asked for. */
  previous: {
    /** What `end` gave then, as JSON. */
    state: unknown;
    /** The lines of its body, without their ends. */
    lines: () => AsyncIterable<string>;
  } | null;
  /** Validators of the last good answer of the feed's own address. */
  etag: string | null;
  lastModified: string | null;
  /** Set for a preview: the source may stop once it has so many values. */
  enough?: number;
  /**
   * Keeps lines aside, outside memory once they are many, and gives them back as often as they are asked for: for a
   * source that must have heard everything before it knows which line is the newest of its document.
   */
  spool: (lines: AsyncIterable<string>) => Promise<() => AsyncIterable<string>>;
  now: Date;
  signal: AbortSignal;
};

export type Collected =
  | { status: "not-modified" }
  | {
      status: "collected";
      /** `delta`: only changes were asked for, and the rest carried forward from the previous body. */
      extent: "full" | "delta";
      /**
       * The body, line by line (one JSON document each, no line end): everything that stands at the source now, whether
       * asked for in this run or carried forward, so that any generation can be read, compared and left by itself.
       */
      lines: AsyncIterable<string>;
      /** To be called when all lines are read: what the next run needs to know, and what went wrong on the way. */
      end: () => {
        state: unknown;
        etag: string | null;
        lastModified: string | null;
        notes: readonly SourceNote[];
      };
    };

/** One step of a connection test, as people read it. */
export type SourceCheck = { name: string; ok: boolean; detail: string; fix: string | null };

/**
 * A source that is asked in several requests. It is given `open` and never fetches by itself. It streams: neither events
 * nor pages pile up in memory.
 */
export type FeedSource = {
  collect: (context: SourceContext) => Promise<Collected>;
  /** Looks whether the source can be reached and read, step by step; never throws for what the source does. */
  check: (
    context: Pick<SourceContext, "url" | "settings" | "open" | "now" | "signal">,
  ) => Promise<readonly SourceCheck[]>;
};
