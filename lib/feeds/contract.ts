import type { FeedSettings } from "@/lib/domain/feed/feed";
import type { Claim } from "@/lib/domain/indicator/claim";
import type { NormaliseCode, Normalised } from "@/lib/domain/indicator/normalise";

/** Why the owner of a feed does not want a value: a pattern, or a filter of the kind. */
const EXCLUSION_CODES = [
  "excluded",
  "not_to_ids",
  "not_published",
  "filtered_tag",
  "filtered_org",
  "filtered_category",
  "filtered_type",
  "too_old",
  "low_confidence",
  "ended",
] as const;
export type ExclusionCode = (typeof EXCLUSION_CODES)[number];

/** Why a candidate did not become an indicator; an exclusion is the owner's wish and counted apart. */
export type CandidateCode =
  | NormaliseCode
  | ExclusionCode
  | "unsupported_type"
  | "unsupported_pattern"
  | "malformed_row"
  | "unclosed_quote"
  | "line_too_long"
  | "broken_document";

/** Where in the source a value stood, beside its line: kept with the attribution, shown in the trace. */
export type Origin = {
  /** The event, report or object the value is part of, by its id at the source. */
  event?: string;
  /** What that event is about, in its own words. */
  info?: string;
  /** The organisation that made it. */
  org?: string;
  /** The attribute's own id. */
  id?: string;
  /** What the source calls the value's role, such as a MISP object relation. */
  relation?: string;
};

type AcceptedCandidate = { ok: true } & Normalised &
  Claim & {
    origin?: Origin;
    /** Public ids of stronger hashes of the same file that stand in the same row or object, strongest first. */
    stronger?: readonly string[];
  };
/** `reason` is a sentence for a person, `text` the cell or word as it was written. */
export type RejectedCandidate = { ok: false; code: CandidateCode; reason: string; text: string };
export type Candidate = AcceptedCandidate | RejectedCandidate;

/** One row with values in it; header, comment and blank lines are none. `line` is where it begins, the first being 1. */
export type ParsedRow = { line: number; raw: string; candidates: readonly Candidate[] };

/** What a parser needs to know of a feed; part of `feed.settings`. `now` is when the run began. */
export type ParseSettings = Pick<FeedSettings, "csv" | "json" | "misp" | "taxii" | "exclusionRegex"> & {
  now: Date;
  /**
   * A person is asked, or has been, whether what came of a body counts although it breaks off: a broken document then is
   * a rejected row at its end, and no error.
   */
  acceptsBroken?: boolean;
};

/** What the parsers of lists need of it. */
export type ListSettings = Pick<ParseSettings, "csv" | "exclusionRegex">;

/**
 * A format turns bytes into rows, in batches, while they arrive. It never touches the network, the database or the
 * clock. A bad row is a rejected candidate; only settings that do not fit the list or the abort signal end the
 * iteration with an error.
 */
export type FeedFormat = {
  parse: (
    body: AsyncIterable<Uint8Array>,
    settings: ParseSettings,
    signal?: AbortSignal,
  ) => AsyncIterable<readonly ParsedRow[]>;
};

/** Rows in one batch at most: large enough to make the hand-over free, small enough to keep memory flat. */
export const BATCH_ROWS = 250;

/** Whether a refused candidate was refused on the owner's wish. */
export const isExclusion = (code: CandidateCode): code is ExclusionCode => EXCLUSIONS.has(code);

const EXCLUSIONS: ReadonlySet<CandidateCode> = new Set(EXCLUSION_CODES);
