import { RE2JS, RE2JSSyntaxException } from "re2js";
import { z } from "zod";

/** A test for values that a feed's owner does not want. */
export type Exclusion = (text: string) => boolean;

/**
 * Compiles an exclusion pattern on RE2, so that no pattern can hang a run. Takes `pattern` and also MISP's spelling
 * with delimiters and flags (`/^https:/i`). A pattern that RE2 refuses gives a sentence that says why.
 */
export const compileExclusion = (pattern: string): Exclusion | { error: string } => {
  const { source, flags } = withoutDelimiters(pattern);
  try {
    const compiled = RE2JS.compile(source, flags);
    return (text) => compiled.test(text);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException)
      return { error: `This pattern cannot be used: ${error.message}.` };
    throw error;
  }
};

export const exclusionRegexSchema = z
  .string()
  .min(1, "Leave the pattern out instead of giving an empty one.")
  .max(1_000)
  .superRefine((pattern, context) => {
    const compiled = compileExclusion(pattern);
    if (typeof compiled !== "function") context.addIssue({ code: "custom", message: compiled.error });
  });

const withoutDelimiters = (pattern: string): { source: string; flags: number } => {
  const match = DELIMITED.exec(pattern);
  if (match?.[2] === undefined) return { source: pattern, flags: 0 };
  const letters = match[3] ?? "";
  const flags = FLAGS.reduce((sum, [letter, flag]) => (letters.includes(letter) ? sum | flag : sum), 0);
  // Between slashes a slash is written `\/`, which RE2 reads as well.
  return { source: match[2], flags };
};

const DELIMITED = /^([/#~@%!])(.+)\1([imsuDX]*)$/s;
const FLAGS: readonly (readonly [string, number])[] = [
  ["i", RE2JS.CASE_INSENSITIVE],
  ["m", RE2JS.MULTILINE],
  ["s", RE2JS.DOTALL],
];
