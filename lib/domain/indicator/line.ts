import { clean } from "./clean";
import { valuesOfLine } from "./line-forms";
import { normalise, type Normalised, type NormaliseProblem } from "./normalise";
import { foreignHashes } from "./other-kinds";
import { quoted } from "./problems";
import { isRange, rangeToCidrs } from "./range";
import { hasScheme } from "./url";

/** One value on a line: what it is, or why it is nothing. `text` is how it was written. */
export type LineFind =
  { ok: true; text: string; value: Normalised } | { ok: false; text: string; problem: NormaliseProblem };

/**
 * Every value on one line of free text. Commas, semicolons and tabs separate values, and each part that is none says
 * why; of a part with several words the words that are values count, or the part as a whole is refused. `readWord` reads
 * a word of several; a caller may give one that looks closer.
 */
export const readLine = (text: string, readWord: ReadWord = readToken): readonly LineFind[] => {
  const line = valuesOfLine(text.trim());
  if (line === "") return [];
  const isOne = !SEPARATED.test(line);
  if (isOne && !isMarkedUp(line)) {
    const finds = readWord(line);
    if (finds.some(({ ok }) => ok)) return finds;
  }
  const foreign = foreignHashes(line);
  if (foreign) {
    const others = readLine(foreign.rest, readWord).filter(({ ok }) => ok);
    return [...others, ...foreign.found.map(({ text: written, name }) => foreignHash(written, name))];
  }
  return isOne ? readPart(line, readWord) : splitParts(line).flatMap((part) => readPart(part, readWord));
};

/** A range of addresses gives its networks and `name|address` two values; any other token gives one find. */
export const readToken = (text: string): readonly LineFind[] => {
  const result = normalise(text);
  if (result.ok) return [{ ok: true, text, value: result.value }];
  if (result.problem.code !== "address_range")
    return readPair(text) ?? [{ ok: false, text, problem: result.problem }];
  const range = rangeToCidrs(text);
  if (!range.ok) return [{ ok: false, text, problem: range.problem }];
  return range.value.map((value) => ({ ok: true, text, value }));
};

const foreignHash = (text: string, name: string): LineFind => ({
  ok: false,
  text,
  problem: {
    code: "unsupported_hash",
    message: `${quoted(text)} is a hash of another kind (${name}), which no destination takes.`,
  },
});

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

/** `evil.com|203.0.113.7`: MISP's pair of a name and its address. */
const readPair = (text: string): readonly LineFind[] | null => {
  const bar = text.indexOf("|");
  if (bar === -1) return null;
  const halves = [text.slice(0, bar).trim(), text.slice(bar + 1).trim()];
  const finds = halves.map((half): LineFind => {
    const result = normalise(half);
    return { text: half, ...result };
  });
  return finds.every((find) => find.ok && HOSTS.has(find.value.type)) ? finds : null;
};

const readPart = (part: string, readWord: ReadWord): readonly LineFind[] => {
  // `evil [.] com` is one value in three words, and so is a range with blanks around its dash.
  const whole = clean(part);
  if (whole === "") return [];
  const words = part.replace(SPACED_OUT, "$1").replaceAll("](", "] (").split(WORD_ENDS).filter(isWord);
  const isSentence = isMarkedUp(part) || (BLANK.test(whole) && !isRange(whole) && !WITH_PORT.test(whole));
  const asOne = isSentence ? [] : readWord(part);
  if (asOne.some(({ ok }) => ok) || (asOne.length > 0 && words.length === 1)) return asOne;
  const finds = words.flatMap(readWord);
  if (finds.some(({ ok }) => ok)) return finds.filter((find) => find.ok || looksLikeValue(find.text));
  return [
    {
      ok: false,
      text: part,
      problem: { code: "not_an_indicator", message: "No word of it is an indicator." },
    },
  ];
};

/** HTML and the links of Markdown: `[evil.com](https://evil.com)`. */
const isMarkedUp = (text: string): boolean =>
  text.includes("](") || (text.includes("<") && MARKUP.test(text));

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
    // In `"http://evil.com/a,b","x"` the URL ends with its quote, and in `href="http://evil.com/a,b"` it begins with one.
    isUrl =
      OPEN_QUOTED_URL.test(piece) || ((isMore || hasScheme(clean(piece))) && !CLOSING_QUOTE.test(piece));
  }
  return parts.map((part) => part.trim());
};

const goesOn = (separator: string, piece: string): boolean =>
  separator !== "\t" && piece !== "" && !BLANK.test(piece.charAt(0)) && !normalise(piece).ok;

type ReadWord = (word: string) => readonly LineFind[];

const HOSTS: ReadonlySet<string> = new Set(["ipv4", "ipv6", "domain"]);
const BLANK = /\s/;
const WITH_PORT = /^\S{2,80} port \d{1,5}$/;
// A tag that ends what stands before it. `<script>` is left: it is what some addresses are about.
const MARKUP = /<(?:\/(?:[abpiu]|td|tr|th|li|ul|ol|em|div|span|code|pre|font|strong|h\d|body|html)>|br\b)/i;
// Copied text also has invisible characters, mark-up and JSON around its values.
const WORD_ENDS = /[\s\p{Cc}\u200B\u2060"<>]+/u;
// `evil [.] com` and `hxxp:// evil.com` within a sentence
const SPACED_OUT =
  / {0,3}([([{]{1,3} {0,3}(?:[.@]|dot|at) {0,3}[)\]}]{1,3}) {0,3}|(?<=[a-z]{3}:\/\/) {1,2}(?=\S)/gi;
const CLOSING_QUOTE = /[^\s"]"|['>]\s*$/;
const OPEN_QUOTED_URL = /="[a-z]{3,8}:\/\/[^\s"]+$/i;
const SEPARATED = /[\s,;]/;
const PART_ENDS = /([,;\t])/;
const VALUE_LIKE = /[\w-]{2}[.:/@\\][\w-]{2}|^[\da-f]{28,}$/i;
