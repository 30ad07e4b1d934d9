import { type LineFind, readLine, readToken, splitComment } from "./line";
import type { Normalised } from "./normalised";
import { foreignHashes, isForeignHashName } from "./other-kinds";
import { textLines } from "./text-lines";

/** One indicator of a pasted text: where it stands (the first line is 1), the way it was written, and the line around it. */
type ExtractedIndicator = Normalised & { line: number; original: string; context: string };
type RejectedText = { line: number; original: string; reason: string };
export type ParsedText = { indicators: ExtractedIndicator[]; rejected: RejectedText[] };

/**
 * Reads a pasted text, be it a list, a report, a PDF's text or an e-mail: one or many values a line, separated by commas,
 * semicolons, tabs or blanks; what follows a `#` after a blank is ignored. Whatever is no indicator is named with the reason;
 * nothing is dropped in silence.
 */
export const parseText = (text: string): ParsedText => {
  const parsed: ParsedText = { indicators: [], rejected: [] };
  let before = "";
  for (const { number: line, text: content, isOpen } of textLines(text)) {
    const read = splitComment(content, COMMENT_PREFIXES).text;
    const context = content.trim().slice(0, MAX_CONTEXT_CHARS);
    for (const find of readLine(read, readWord)) {
      const reason = find.ok ? doubt(find, read, before, isOpen) : find.problem.message;
      if (find.ok && reason === null)
        parsed.indicators.push({ ...find.value, line, original: find.text, context });
      else parsed.rejected.push({ line, original: find.text, reason: reason ?? "" });
    }
    if (read.trim() !== "") before = read;
  }
  return parsed;
};

/** Why a value is none where it stands, though it would be one elsewhere; null for most. */
const doubt = (
  find: LineFind & { ok: true },
  line: string,
  before: string,
  isOpen: boolean,
): string | null => {
  const { type, value } = find.value;
  if (type === "email" && MESSAGE_ID.test(line)) return "It is the id of a message, not an address.";
  if (isOpen && type === "url" && value.endsWith("-") && line.trimEnd().endsWith(find.text))
    return "The line ends with a hyphen, and the address may go on in the next one: add it whole.";
  if (HASHES.has(type) && line.trimStart().startsWith(find.text)) {
    const name = before.trim().replace(COLON, "");
    if (isForeignHashName(name)) return `It is a hash of another kind (${name}), which no destination takes.`;
  }
  return null;
};

/** `-ip4:203.0.113.7`, `mailfrom=kim@evil.com`, `Get('http://evil.com/')`: a value behind its label or within a command. */
const readWord = (word: string): readonly LineFind[] => {
  const finds = readToken(word);
  const isPlain = finds.some((find) => find.ok && (find.value.type !== "email" || !find.text.includes("=")));
  const inner = isPlain ? undefined : (URL_INSIDE.exec(word)?.[1] ?? LABELLED.exec(word)?.[1]);
  if (inner === undefined || VERSION.test(word) || foreignHashes(word) !== null) return finds;
  const others = readToken(inner);
  return others.some(({ ok }) => ok) ? others : finds;
};

const COMMENT_PREFIXES = ["#"];
const MAX_CONTEXT_CHARS = 300;
const HASHES: ReadonlySet<string> = new Set(["md5", "sha1", "sha256", "sha512"]);
const MESSAGE_ID = /^(?:message-id|references|in-reply-to|content-id):/i;
const COLON = /\s*[:=-]$/;
const URL_INSIDE = /[^a-z\d\]]((?:h[tx*_]{2}ps?|s?f[tx]ps?)(?::|\[:\])\/\/\S+)$/i;
const LABELLED = /^[-/]{0,2}(?!h[tx*_]{2}ps?:|s?f[tx]ps?:)[a-z][\w.-]{0,30}[:=]["'([]?([^:=].*)$/i;
// `version=10.0.0.1` is no address.
const VERSION = /^[-/]{0,2}[\w.-]{0,20}v(?:er|ersion)?[:=]/i;
