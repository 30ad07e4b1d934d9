import { bareHash } from "./hash";
import { clean, cleanInSteps, type CleanStep } from "./clean";
import { normalise } from "./normalise";
import type { NormaliseMark } from "./normalised";
import type { IndicatorType } from "./types";

/** One thing that was done to a spelling, and how the text stood after it; null where only the end result is a text. */
export type SpellingStep = { what: string; text: string | null };

type Target = { type: IndicatorType; value: string };

/**
 * How a spelling became the canonical value, in words and in order. It is read again by the rules that every feed is read
 * by; null when these make another value of it, so that nothing is explained that did not happen.
 */
export const explainSpelling = (spelling: string, target: Target): readonly SpellingStep[] | null => {
  const read = normalise(spelling, { type: target.type });
  if (!read.ok || read.value.type !== target.type || read.value.value !== target.value) return null;
  const cleaned = cleanInSteps(spelling).map(({ step, text }) => ({ what: CLEANED[step], text }));
  const { marks = [], port } = read.value;
  const rest = explainRest(clean(spelling), target, marks);
  const last = rest.at(-1);
  const steps: SpellingStep[] = [
    ...cleaned,
    // Where a text is rewritten in several ways at once, it is shown once they are all done.
    ...rest.map((what) => ({ what, text: what === last ? target.value : null })),
  ];
  if (port !== undefined) steps.push({ what: describePort(port), text: null });
  return steps;
};

/**
 * What a value lost or got beside another spelling: what a person should know before it is stored. Null where it says what was
 * written, refanged and in one case.
 */
export const describeRewriting = (spelling: string, { type, value }: Target): string | null => {
  const read = normalise(spelling, { type });
  if (!read.ok || read.value.value !== value) return null;
  const { marks = [], port } = read.value;
  const words = marks.filter((mark) => mark !== "unknown-suffix").map((mark) => MARK_WORDS[mark]);
  if (type === "url" && spelling.includes("#")) words.push("What stood behind # was taken off.");
  if (port !== undefined) words.push(describePort(port));
  return words.length === 0 ? null : words.join(" ");
};

/** What a port beside a value means. */
export const describePort = (port: number): string =>
  `Port ${String(port)} is kept beside it; the host alone is the indicator.`;

/** What was done to a value as it was read, by the marks that are kept with it. */
export const describeMark = (mark: string): string | null => MARKED.get(mark) ?? null;

const CLEANED: Readonly<Record<CleanStep["step"], string>> = {
  invisible: "Invisible characters were taken out.",
  blanks: "Blanks around it were taken off.",
  refanged: "It was refanged: what made it harmless to click was undone.",
  "closed-up": "Blanks or backslashes inside it were closed up.",
  unwrapped: "Quotes, brackets or punctuation around it were taken off.",
};

const MARK_WORDS: Readonly<Record<NormaliseMark, string>> = {
  "scheme-added": "It had no scheme; http:// is ours.",
  "user-info-dropped": "A user name or password in the address was dropped.",
  "host-bits-dropped": "The address was taken to the first one of its network.",
  "ipv4-mapped": "An IPv6 address that stands for an IPv4 address was written as that.",
  "address-decoded":
    "An IP address in decimal, octal, hexadecimal or short form was written with four numbers.",
  wildcard: "The leading wildcard was taken off; what is below a name follows from the name.",
  "unknown-suffix": "Its host ends in no known public suffix.",
  "range-split": "It is one network of several that make up a range of addresses.",
};
const MARKED: ReadonlyMap<string, string> = new Map(Object.entries(MARK_WORDS));

/** What lies between the cleaned text and the value. Each is looked for in both texts; what is left has one word for all. */
const explainRest = (text: string, { type, value }: Target, marks: readonly NormaliseMark[]): string[] => {
  if (text === value) return [];
  const words = marks.filter((mark) => mark !== "unknown-suffix").map((mark) => MARK_WORDS[mark]);
  const seen = (isSeen: boolean, what: string): void => {
    if (isSeen) words.push(what);
  };
  const isUrl = type === "url";
  seen(/^mailto:/i.test(text), "“mailto:” before it was taken off.");
  seen(text.includes("|"), "Of a pair, the part that is the value was taken.");
  seen(HASHES.has(type) && bareHash(text, type) !== text, "The way it was written as a hash was taken off.");
  seen(
    NON_ASCII.test(hostOf(text)) && value.includes("xn--"),
    "Letters beyond a to z in the host were written in punycode, as the DNS has them.",
  );
  seen(
    UPPER.test(isUrl ? hostOf(text) : text),
    isUrl
      ? "Scheme and host were written in lower case; path and query keep theirs."
      : "It was written in lower case.",
  );
  seen(isUrl && text.includes("#") && !value.includes("#"), "The fragment after # was dropped.");
  seen(
    isUrl && DEFAULT_PORT.test(text) && !DEFAULT_PORT.test(value),
    "The scheme’s usual port was left out.",
  );
  seen(isUrl && /^[^/]*\/\/[^/?#]*$/.test(text), "The path of the whole site, /, was added.");
  seen(type === "ipv4-cidr" && MASK.test(text), "The mask was written as a number of bits.");
  seen(
    (type === "ipv4" || type === "ipv6") && /\/\d+$/.test(text),
    "A network of one address is the address.",
  );
  seen(
    type.startsWith("ipv6") && text.toLowerCase().replace(/[[\]]/g, "") !== value,
    "It was written in the short form of RFC 5952.",
  );
  return words.length > 0 ? words : ["It was written in its canonical form."];
};

/** What comes before the path, as it was written. */
const hostOf = (text: string): string => {
  const start = text.indexOf("://");
  const from = start === -1 ? 0 : start + 3;
  const end = text.slice(from).search(/[/?#]/);
  return end === -1 ? text : text.slice(0, from + end);
};

const HASHES: ReadonlySet<IndicatorType> = new Set(["md5", "sha1", "sha256", "sha512", "cert-sha1"]);
const NON_ASCII = /[^\0-\x7F]/;
const UPPER = /\p{Lu}/u;
const DEFAULT_PORT = /^(?:http:\/\/[^/?#]*:80|https:\/\/[^/?#]*:443|ftp:\/\/[^/?#]*:21)(?=[/?#]|$)/i;
const MASK = /\/\d{1,3}(?:\.\d{1,3}){3}$/;
