import { decodeQuotedPrintable } from "./quoted-printable";

/** A line of a text as its author meant it: `number` is the line on which it began (the first is 1). */
export type TextLine = {
  number: number;
  text: string;
  /** Its last word may go on in the next line, and nobody can tell: a hyphen of the value or of the typesetter. */
  isOpen: boolean;
};

/**
 * The lines of a pasted text, a PDF's text or an e-mail. What was broken over lines is put together only where nothing else
 * can be meant: soft breaks of quoted-printable, soft hyphens, an address in `<…>`, one cut in the middle of a dot, of `://`
 * or of an escape, and a hash whose pieces are none by themselves.
 */
export const textLines = (text: string): readonly TextLine[] => {
  const lines: TextLine[] = [];
  for (const { number, text: next } of decodeQuotedPrintable(text.split(LINE_END))) {
    const last = lines.at(-1);
    const joined = last === undefined ? null : join(last.text, next);
    if (last === undefined || joined === null) {
      if (last !== undefined) last.isOpen = mayGoOn(last.text, next);
      lines.push({ number, text: next, isOpen: false });
    } else last.text = joined;
  }
  return lines;
};

const join = (line: string, next: string): string | null => {
  if (line.length > MAX_JOINED_CHARS) return null;
  const end = line.trimEnd();
  const start = next.trimStart();
  if (start === "") return null;
  if (end.endsWith(SOFT_HYPHEN)) return end.slice(0, -1) + start;
  if (isCut(end, start) && !OTHER_SCHEME.test(start)) return end + start;
  return joinHash(end, start);
};

/** `<http://evil.com/a` before `b>`; `evil[.]` before `com`; `hxxp://` before the host; `%2` before `F`. */
const isCut = (end: string, start: string): boolean =>
  (IN_ANGLES.test(end) && REST_IN_ANGLES.test(start)) ||
  (MID_DOT.test(end) && WORD.test(start)) ||
  (AFTER_SCHEME.test(end) && WORD.test(start)) ||
  (MID_ESCAPE.test(end) && HEX_DIGIT.test(start));

/** The pieces of a hash: a length that a hash has, made of lengths that none has, or the length that its name says. */
const joinHash = (end: string, start: string): string | null => {
  const [, before = "", head = "", hyphen = ""] = HASH_HEAD.exec(end) ?? [];
  const tail = HASH_TAIL.exec(start)?.[0] ?? "";
  if (head === "" || tail === "") return null;
  const digits = head.length + tail.length;
  const named = NAMED_DIGITS.get(HASH_NAME.exec(before)?.[1]?.replace(/-/, "").toLowerCase() ?? "");
  const isWhole = named === undefined ? HASH_DIGITS.has(digits) : digits === named;
  // Two MD5 under each other are not one SHA-256, unless its name stands before them.
  const isPiece = !HASH_DIGITS.has(head.length) && !HASH_DIGITS.has(tail.length);
  const isMore = named !== undefined && digits < named;
  if (!isMore && !(isWhole && (named !== undefined || isPiece))) return null;
  return end.slice(0, end.length - hyphen.length) + start;
};

const mayGoOn = (line: string, next: string): boolean =>
  OPEN_URL.test(line.trimEnd()) && FRAGMENT.test(next.trimStart()) && !OTHER_SCHEME.test(next.trimStart());

const LINE_END = /\r\n|\n|\r/;
const MAX_JOINED_CHARS = 16_384;
const SOFT_HYPHEN = "\u00AD";
const IN_ANGLES = /<(?:h[tx*_]{2}ps?|s?f[tx]ps?):\/\/[^\s<>"]{1,2000}$/i;
const MID_DOT = /[\w)\]][([{](?:\.|dot)[)\]}]$/i;
const REST_IN_ANGLES = /^[^\s<>"]{1,2000}(?:>|$)/;
const AFTER_SCHEME = /(?:^|[\s"'(<[])(?:h[tx*_]{2}ps?|s?f[tx]ps?)(?::\/\/|\[:\]\/\/|\[:\/\/\])$/i;
const MID_ESCAPE = /:\/\/[^\s"'<>]{1,2000}%[\da-f]?$/i;
const WORD = /^\w/;
const HEX_DIGIT = /^[\da-f]/i;
const OTHER_SCHEME = /^\W{0,3}[a-z*_]{2,8}\[?:\]?\/\//i;
const HASH_HEAD = /^(.*[^\w/.-])?([\da-f]{8,127})(-?)$/i;
const HASH_TAIL = /^[\da-f]{4,127}(?![\w-])/i;
const HASH_NAME = /\b(md5|sha-?1|sha-?256|sha-?512)\b[^a-z\d]{0,10}$/i;
const NAMED_DIGITS: ReadonlyMap<string, number> = new Map([
  ["md5", 32],
  ["sha1", 40],
  ["sha256", 64],
  ["sha512", 128],
]);
const HASH_DIGITS: ReadonlySet<number> = new Set(NAMED_DIGITS.values());
const OPEN_URL = /:\/\/[^\s"'<>]{4,2000}-$/;
const FRAGMENT = /^[\w%][\w./%&=?~+-]{0,400}(?:$|[\s)\]"'>,;])/;
