import { repairWindows1252 } from "./windows-1252";

/**
 * Which of the two single-byte encodings of western languages a text is in. The same byte is a letter in one and a sign in
 * the other (0x8E is `é` or `Ž`, 0xE9 `È` or `é`), so each reading is judged by whether its letters stand among letters of
 * their case and its signs where signs stand. In doubt it is windows-1252.
 */
export const guessWestern = (head: Uint8Array): "windows-1252" | "macintosh" => {
  const windows = likelihood(repairWindows1252(new TextDecoder("windows-1252").decode(head)));
  const mac =
    likelihood(new TextDecoder("macintosh").decode(head)) + (hasOldLineEnds(head) ? OLD_LINE_ENDS : 0);
  return mac > windows ? "macintosh" : "windows-1252";
};

const likelihood = (text: string): number => {
  let sum = 0;
  for (const { 0: character, index } of text.matchAll(NOT_ASCII))
    sum += judge(character, text.charAt(index - 1), text.charAt(index + 1));
  return sum;
};

const judge = (character: string, before: string, after: string): number => {
  const isInside = LETTER.test(before) && LETTER.test(after);
  if (LOWER.test(character)) {
    if (!LETTER.test(before) && !LETTER.test(after)) return 0;
    return RARE.has(character) ? 1 : 2;
  }
  // `Žižek`, `ÉCOLE`, but hardly `cafŽ`.
  if (UPPER.test(character)) return LOWER.test(before) ? -3 : LETTER.test(after) ? 1 : 0;
  if (character === "’" || character === "—") return isInside || !LETTER.test(after) ? 2 : 0;
  if (OPENING.has(character)) return LETTER.test(before) ? -1 : 1;
  if (CLOSING.has(character)) return LETTER.test(after) ? -1 : 2;
  return !isInside && SIGNS.has(character) ? 0 : -2;
};

/** Lines that end in CR alone, as those of old Macintosh programs and of their export from Excel. */
const hasOldLineEnds = (head: Uint8Array): boolean => head.includes(0x0d) && !head.includes(0x0a);
const OLD_LINE_ENDS = 2;

const NOT_ASCII = /[\u0080-\uFFFF]/g;
const LETTER = /\p{L}/u;
const LOWER = /\p{Ll}/u;
const UPPER = /\p{Lu}/u;
const RARE = new Set("ìîïòùûëõãÿ");
const OPENING = new Set("“‘„‚«¿¡");
const CLOSING = new Set("”»…®™°");
/** Signs that texts have; any other is hardly meant. */
const SIGNS = new Set("–•€£§©·\u00A0");
