import { AppError } from "@/lib/domain/errors";
import { compileExclusion, type Exclusion } from "@/lib/domain/feed/exclusion-settings";
import type { Claim } from "@/lib/domain/indicator/claim";
import type { Normalised } from "@/lib/domain/indicator/normalise";
import type { Candidate, CandidateCode, ParsedRow, RejectedCandidate } from "@/lib/feeds/contract";

/** The test for unwanted values, or one that wants all. Throws an AppError for a pattern that RE2 refuses. */
export const exclusionOf = (pattern: string | null): Exclusion => {
  if (pattern === null || pattern === "") return () => false;
  const compiled = compileExclusion(pattern);
  if (typeof compiled === "function") return compiled;
  throw new AppError("invalid_input", compiled.error);
};

/** What a cell or word turned out to be, before the feed's own wishes are heard. */
export type Find =
  | { ok: true; text: string; value: Normalised }
  | { ok: false; text: string; problem: { code: CandidateCode; message: string } };

/** A value as written and as stored are both held against the pattern: either may be what the owner had in mind. */
export const candidateOf = (find: Find, claim: Claim, isExcluded: Exclusion): Candidate => {
  const { text } = find;
  if (isExcluded(text) || (find.ok && find.value.value !== text && isExcluded(find.value.value)))
    return rejected("excluded", "The feed's exclusion pattern matches it.", text);
  if (!find.ok) return rejected(find.problem.code, find.problem.message, text);
  return { ok: true, ...claim, ...find.value };
};

/** A rejected candidate; its text is cut, so that a hostile cell does not fill a table. */
export const rejected = (code: CandidateCode, reason: string, text: string): RejectedCandidate => ({
  ok: false,
  code,
  reason,
  text: text.slice(0, MAX_TEXT_CHARS),
});

/** A row that cannot be read at all: one rejected candidate, which is the row itself. */
export const rejectedRow = (line: number, raw: string, code: CandidateCode, reason: string): ParsedRow => {
  const beginning = raw.slice(0, MAX_RAW_CHARS);
  return { line, raw: beginning, candidates: [rejected(code, reason, beginning)] };
};

const MAX_TEXT_CHARS = 500;
const MAX_RAW_CHARS = 4_000;
