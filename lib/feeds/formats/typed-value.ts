import { readToken, splitComment } from "@/lib/domain/indicator/line";
import { normalise, type Normalised } from "@/lib/domain/indicator/normalise";
import { quoted } from "@/lib/domain/indicator/problems";
import { meaningOfTypeWord } from "@/lib/feeds/fields/type-words";

import type { Find } from "./candidate";

/**
 * What a text is, beside which the row has a word for its type ("" for none). It is one find; a range of addresses is as
 * many as it has networks, and `name|address` are two.
 */
export const readTyped = (text: string, word: string): readonly Find[] => {
  switch (word === "" ? "open" : meaningOfWord(word)) {
    case "open":
      return text.includes("|") ? (readComposite(text) ?? readToken(text)) : readToken(text);
    case "certificate":
      return [readCertificate(text)];
    case "unsupported": {
      const message = `The row calls it ${quoted(word)}, which is no type of indicator.`;
      return [{ ok: false, text, problem: { code: "unsupported_type", message } }];
    }
  }
};

/**
 * A cell with several values, or with a note behind its value. Null unless each word between blanks and separators is a
 * value: a sentence with an address in it is no list of addresses.
 */
export const readSeveral = (
  text: string,
  word: string,
  commentPrefixes: readonly string[],
): readonly Find[] | null => {
  if (!SEPARATORS.test(text)) return null;
  const values = splitComment(text, commentPrefixes).text;
  const parts = values.split(SEPARATORS).filter(Boolean);
  if (parts.length === 0 || parts.length > MAX_PARTS) return null;
  const finds = parts.map((part) => readTyped(part, word));
  return finds.every((found) => found.some(({ ok }) => ok)) ? finds.flat() : null;
};

/** MISP's `filename|sha256` is a hash, `ip-dst|port` an address, `filename|imphash` neither. */
const meaningOfWord = (word: string): ReturnType<typeof meaningOfTypeWord> => {
  const bar = word.indexOf("|");
  if (bar === -1) return meaningOfTypeWord(word);
  const first = word.slice(0, bar);
  return meaningOfTypeWord(FILE_NAME.test(first) ? word.slice(bar + 1) : first);
};

/** `host|port`, `name|address` and `file name|hash`, as MISP writes them; null for anything else with a bar in it. */
const readComposite = (text: string): readonly Find[] | null => {
  const bar = text.lastIndexOf("|");
  const [left, right] = [text.slice(0, bar).trim(), text.slice(bar + 1).trim()];
  const first = normalise(left);
  if (first.ok && PORT.test(right)) {
    const port = Number(right);
    return HOSTS.has(first.value.type) && port > 0 && port <= MAX_PORT
      ? [found(text, { ...first.value, port })]
      : null;
  }
  const second = normalise(right);
  if (!second.ok) return null;
  if (HASHES.has(second.value.type)) return [found(text, second.value)];
  return first.ok && HOSTS.has(first.value.type) && HOSTS.has(second.value.type)
    ? [found(left, first.value), found(right, second.value)]
    : null;
};

const found = (text: string, value: Normalised): Find => ({ ok: true, text, value });

const readCertificate = (text: string): Find => {
  const result = normalise(text, { type: "cert-sha1" });
  return result.ok ? { ok: true, text, value: result.value } : { ok: false, text, problem: result.problem };
};

const SEPARATORS = /[\s,;]+/;
const MAX_PARTS = 1_000;
const FILE_NAME = /^file-?name$/i;
const PORT = /^\d{1,5}$/;
const MAX_PORT = 65_535;
const HOSTS: ReadonlySet<string> = new Set(["ipv4", "ipv6", "domain"]);
const HASHES: ReadonlySet<string> = new Set(["md5", "sha1", "sha256", "sha512"]);
