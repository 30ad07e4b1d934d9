import type { CsvSettings } from "@/lib/domain/feed/csv-settings";
import type { Claim } from "@/lib/domain/indicator/claim";
import type { NormaliseCode, Normalised } from "@/lib/domain/indicator/normalise";

/** Why a candidate did not become an indicator; `excluded` is the owner's wish and counted apart. */
export type CandidateCode =
  NormaliseCode | "excluded" | "unsupported_type" | "malformed_row" | "unclosed_quote" | "line_too_long";

type AcceptedCandidate = { ok: true } & Normalised & Claim;
/** `reason` is a sentence for a person, `text` the cell or word as it was written. */
export type RejectedCandidate = { ok: false; code: CandidateCode; reason: string; text: string };
export type Candidate = AcceptedCandidate | RejectedCandidate;

/** One row with values in it; header, comment and blank lines are none. `line` is where it begins, the first being 1. */
export type ParsedRow = { line: number; raw: string; candidates: readonly Candidate[] };

/** What a parser needs to know of a feed; `feed.settings` holds exactly this. */
export type ParseSettings = { csv: CsvSettings; exclusionRegex: string | null };

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
export const BATCH_ROWS = 1_000;
