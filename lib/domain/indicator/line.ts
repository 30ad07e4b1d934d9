import { clean } from "./clean";
import { valuesOfLine } from "./line-forms";
import { normalise, type Normalised, type NormaliseProblem } from "./normalise";
import { isRange, rangeToCidrs } from "./range";
import { hasScheme } from "./url";

/** One value on a line: what it is, or why it is nothing. `text` is how it was written. */
export type LineFind =
  { ok: true; text: string; value: Normalised } | { ok: false; text: string; problem: NormaliseProblem };

/**
 * Every value on one line of free text. Commas, semicolons and tabs separate values, and each part that is none says
 * why; of a part with several words the words that are values count, or the part as a whole is refused.
 */
export const readLine = (text: string): readonly LineFind[] => {
  const line = valuesOfLine(text.trim());
  if (line === "") return [];
  if (SEPARATED.test(line)) return splitParts(line).flatMap(readPart);
  const finds = readToken(line);
  return finds.some(({ ok }) => ok) ? finds : readPart(line);
};

/** A range of addresses gives its networks; any other token gives one find. */
export const readToken = (text: string): readonly LineFind[] => {
  const result = normalise(text);
  if (result.ok) return [{ ok: true, text, value: result.value }];
  if (result.problem.code !== "address_range") return [{ ok: false, text, problem: result.problem }];
  const range = rangeToCidrs(text);
  if (!range.ok) return [{ ok: false, text, problem: range.problem }];
  return range.value.map((value) => ({ ok: true, text, value }));
};

/** Whether a word was meant as a value; `malware` or `(seen` beside an address were not. */
export const looksLikeValue = (text: string): boolean => VALUE_LIKE.test(clean(text));

/** Cuts a trailing comment, which begins with one of the prefixes after a blank or at the start of the line. */
export const splitComment = (
  line: string,
  prefixes: readonly string[],
): { text: string; comment: string } => {
  let cut = line.length;
  let prefixLength = 0;
  for (const prefix of prefixes)
    for (let at = line.indexOf(prefix); at !== -1 && at < cut; at = line.indexOf(prefix, at + 1))
      if (at === 0 || BLANK.test(line.charAt(at - 1))) {
        cut = at;
        prefixLength = prefix.length;
      }
  return { text: line.slice(0, cut), comment: line.slice(cut + prefixLength).trim() };
};

const readPart = (part: string): readonly LineFind[] => {
  // `evil [.] com` is one value in three words, and so is a range with blanks around its dash.
  const whole = clean(part);
  if (whole === "") return [];
  const words = part.replace(SPACED_OUT, "$1").split(WORD_ENDS).filter(isWord);
  const asOne = BLANK.test(whole) && !isRange(whole) ? [] : readToken(part);
  if (asOne.some(({ ok }) => ok) || (asOne.length > 0 && words.length === 1)) return asOne;
  const finds = words.flatMap(readToken);
  if (finds.some(({ ok }) => ok)) return finds.filter((find) => find.ok || looksLikeValue(find.text));
  return [
    {
      ok: false,
      text: part,
      problem: { code: "not_an_indicator", message: "No word of it is an indicator." },
    },
  ];
};

/** Two colons are an address to the letter, but between words they are a sign. */
const isWord = (word: string): boolean => word !== "" && word !== "::";

/** Cuts at separators, but not inside a URL whose path goes on after a comma. */
const splitParts = (line: string): readonly string[] => {
  const pieces = line.split(PART_ENDS);
  if (!line.includes("/")) return pieces.filter((_, index) => index % 2 === 0).map((part) => part.trim());
  const parts: string[] = [];
  let isUrl = false;
  for (let index = 0; index < pieces.length; index += 2) {
    const piece = pieces[index] ?? "";
    const separator = pieces[index - 1] ?? "";
    const isMore: boolean = isUrl && goesOn(separator, piece);
    if (isMore) parts.push((parts.pop() ?? "") + separator + piece);
    else parts.push(piece);
    // In `"http://evil.com/a,b","x"` the URL ends with its quote.
    isUrl = (isMore || hasScheme(clean(piece))) && !CLOSING_QUOTE.test(piece);
  }
  return parts.map((part) => part.trim());
};

const goesOn = (separator: string, piece: string): boolean =>
  separator !== "\t" && piece !== "" && !BLANK.test(piece.charAt(0)) && !normalise(piece).ok;

const BLANK = /\s/;
// Copied text also has invisible characters, mark-up and JSON around its values.
const WORD_ENDS = /[\s\p{Cc}\u200B\u2060"<>]+/u;
// `evil [.] com` within a sentence
const SPACED_OUT = / ?([([{] ?(?:[.@]|dot|at) ?[)\]}]) ?/gi;
const CLOSING_QUOTE = /[^\s"]"|['>]\s*$/;
const SEPARATED = /[\s,;]/;
const PART_ENDS = /([,;\t])/;
const VALUE_LIKE = /[\w-]{2}[.:/@\\][\w-]{2}|^[\da-f]{28,}$/i;
