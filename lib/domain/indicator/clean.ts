import { closeUp } from "./close-up";
import { refang } from "./refang";

/**
 * Takes off what stands around a value (blanks, NBSP, zero-width characters, quotes, brackets, trailing punctuation)
 * and its harmless spelling. Returns the same string when there is nothing to take off, which is the usual case.
 */
export const clean = (raw: string): string => {
  if (PLAIN.test(raw)) return raw.includes("://") ? refang(raw) : raw;
  let text = raw.replace(INVISIBLE, "").replace(TYPESET_HYPHEN, "-");
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = text;
    text = unwrap(closeUp(refang(text.trim())));
    if (text === before) return text;
  }
  return text;
};

/** What cleaning takes off, one kind at a time. */
export type CleanStep = {
  step: "invisible" | "blanks" | "refanged" | "closed-up" | "unwrapped";
  text: string;
};

/** As `clean`, saying what was taken off and how the text stood after each step; empty when there was nothing to take off. */
export const cleanInSteps = (raw: string): readonly CleanStep[] => {
  const steps: CleanStep[] = [];
  let text = raw;
  const take = (step: CleanStep["step"], next: string): void => {
    if (next === text) return;
    text = next;
    if (steps.at(-1)?.step === step) steps.pop();
    steps.push({ step, text });
  };
  // What has none of these is cleaned the short way, which leaves blanks alone: there are none.
  if (!PLAIN.test(raw)) take("invisible", raw.replace(INVISIBLE, "").replace(TYPESET_HYPHEN, "-"));
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = text;
    take("blanks", text.trim());
    take("refanged", refang(text));
    if (PLAIN.test(raw)) return steps;
    take("closed-up", closeUp(text));
    take("unwrapped", unwrap(text));
    if (text === before) break;
  }
  return steps;
};

/** Whether a control character stands inside: such a value was cut or glued together and is never repaired. */
export const hasControlCharacter = (text: string): boolean => CONTROL.test(text);

const unwrap = (text: string): string => {
  let start = 0;
  let end = text.length;
  // Counted once: a hostile line may end in thousands of brackets.
  const surplus = new Map<string, number>();
  while (start < end && OPENING.has(text.charAt(start))) {
    // `[v6]:port` is an address, not a value in brackets.
    if (text.charAt(start) === "[" && !text.startsWith("]", end - 1)) break;
    start++;
  }
  for (; start < end; end--) {
    const last = text.charAt(end - 1);
    // `2001:db8::` ends in what elsewhere is punctuation.
    if (last === ":" && text.charAt(end - 2) === ":") break;
    if (TRAILING.has(last)) continue;
    // A final `?` belongs to a URL (an empty query), elsewhere to the sentence around the value.
    if (last === "?" && !text.includes("/")) continue;
    const opening = CLOSING.get(last);
    if (opening === undefined) break;
    // `http://x.com/a_(b)` keeps its bracket; `(see http://x.com/a)` does not.
    const tooMany = surplus.get(last) ?? count(text, last, start, end) - count(text, opening, start, end);
    if (tooMany <= 0) break;
    surplus.set(last, tooMany - 1);
  }
  return text.slice(start, end);
};

const count = (text: string, character: string, start: number, end: number): number => {
  let found = 0;
  for (let at = text.indexOf(character, start); at !== -1 && at < end; at = text.indexOf(character, at + 1))
    found++;
  return found;
};

const MAX_PASSES = 16;
// Nothing in such a text could be taken off, apart from a fake scheme.
const PLAIN = /^[\w*:/.@%?=&+~#$-]*[\w/=&%+~#$-]$/;
// Joiners (U+200C, U+200D) stay inside: they are letters of some names. At the ends `trim` and `unwrap` see them.
const INVISIBLE = /[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;
// A hyphen that keeps a line together is no letter of any name; a dash is left alone, since ranges are written with it.
const TYPESET_HYPHEN = /[\u2010\u2011]/g;
const CONTROL = /\p{Cc}/u;
const BLANKS = [" ", "\u00A0", "\u200C", "\u200D"];
const QUOTES = ['"', "'", "`", "“", "”", "„", "‘", "’", "«", "»"];
const OPENING: ReadonlySet<string> = new Set([...BLANKS, ...QUOTES, "<", "(", "[", "{", ",", ";"]);
const TRAILING: ReadonlySet<string> = new Set([...BLANKS, ...QUOTES, ".", ",", ";", ":", "!"]);
const CLOSING: ReadonlyMap<string, string> = new Map([
  [">", "<"],
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);
