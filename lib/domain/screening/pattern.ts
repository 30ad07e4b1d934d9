import { RE2JS, RE2JSSyntaxException } from "re2js";

import { fail, ok, type Result } from "@/lib/domain/result";

/**
 * Compiles an entry of a regex list on RE2, so that no entry can hang a run. MISP's spelling with delimiters and flags
 * (`/^dc\d+\./i`) is read as well. Case never matters: stored values are lower case, patterns of people are not.
 */
export const compilePattern = (entry: string): Result<{ source: string; pattern: RE2JS }, string> => {
  const source = withoutDelimiters(entry);
  try {
    return ok({ source, pattern: RE2JS.compile(source, PATTERN_FLAGS) });
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return fail(error.message);
    throw error;
  }
};

// `g` belongs to JavaScript, and PHP refuses a pattern with it: such a list of MISP's never matches there.
const withoutDelimiters = (entry: string): string => {
  const match = DELIMITED.exec(entry);
  if (match?.[2] === undefined) return entry;
  const flags = [...new Set(match[3])].filter((letter) => letter === "m" || letter === "s").join("");
  return flags === "" ? match[2] : `(?${flags})${match[2]}`;
};

export const PATTERN_FLAGS = RE2JS.CASE_INSENSITIVE;
const DELIMITED = /^([/#~@%!])(.+)\1([gimsuDX]*)$/s;
