import { readLine, splitComment } from "./line";
import type { Normalised } from "./normalised";

/** One indicator of a pasted text, with its line (the first is 1) and the way it was written. */
type ExtractedIndicator = Normalised & { line: number; original: string };
type RejectedText = { line: number; original: string; reason: string };
export type ParsedText = { indicators: ExtractedIndicator[]; rejected: RejectedText[] };

/**
 * Reads a pasted text: one or many values a line, separated by commas, semicolons, tabs or blanks, what follows a `#`
 * after a blank is ignored. Whatever is no indicator is named with the reason; nothing is dropped in silence.
 */
export const parseText = (text: string): ParsedText => {
  const parsed: ParsedText = { indicators: [], rejected: [] };
  text.split(LINE_END).forEach((content, index) => {
    const line = index + 1;
    for (const find of readLine(splitComment(content, COMMENT_PREFIXES).text))
      if (find.ok) parsed.indicators.push({ ...find.value, line, original: find.text });
      else parsed.rejected.push({ line, original: find.text, reason: find.problem.message });
  });
  return parsed;
};

const LINE_END = /\r\n|\n|\r/;
const COMMENT_PREFIXES = ["#"];
