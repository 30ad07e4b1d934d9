/**
 * Undoes the transfer encoding of e-mails, line for line; `number` is the line on which each began. A text that is no such
 * e-mail stays as it is: the `=` at the end of an address's query would be lost otherwise.
 */
export const decodeQuotedPrintable = (lines: readonly string[]): readonly NumberedLine[] => {
  const bodies = bodiesOf(lines);
  const joined: (NumberedLine & { isBody: boolean })[] = [];
  let isSoft = false;
  lines.forEach((raw, index) => {
    const isBody = bodies[index] === true;
    // Transport may add blanks to a line's end; they are no part of it.
    const line = isBody ? raw.replace(TRAILING_BLANKS, "") : raw;
    const goesOn = isBody && line.endsWith("=");
    const text = goesOn ? line.slice(0, -1) : line;
    const last = joined.at(-1);
    if (isSoft && last !== undefined) last.text += text;
    else joined.push({ number: index + 1, text, isBody });
    isSoft = goesOn;
  });
  return joined.map(({ number, text, isBody }) => ({ number, text: isBody ? decodeBytes(text) : text }));
};

type NumberedLine = { number: number; text: string };

/** Which lines are quoted-printable: what follows a header that says so, or all of a text that looks like nothing else. */
const bodiesOf = (lines: readonly string[]): readonly boolean[] => {
  if (!lines.some((line) => HEADER.test(line))) {
    const isLike = lines.some((line) => line.includes("=3D")) && lines.some((line) => SOFT_BREAK.test(line));
    return lines.map(() => isLike);
  }
  let isNext = false;
  let isBody = false;
  return lines.map((line) => {
    if (BOUNDARY.test(line)) isNext = isBody = false;
    else if (HEADER.test(line)) isNext = true;
    else if (isNext && line.trim() === "") isBody = true;
    return isBody;
  });
};

/** `=2E` is a byte; several may make one character. */
const decodeBytes = (text: string): string =>
  text.replace(ESCAPES, (escapes) => {
    const bytes = escapes
      .split("=")
      .slice(1)
      .map((digits) => Number.parseInt(digits, 16));
    return UTF_8.decode(Uint8Array.from(bytes));
  });

const UTF_8 = new TextDecoder();
const HEADER = /^content-transfer-encoding:\s*"?quoted-printable/i;
const BOUNDARY = /^--[^\s-]/;
const TRAILING_BLANKS = /[ \t]{1,80}$/;
const ESCAPES = /(?:=[\dA-F]{2})+/g;
// Encoders fill their lines: a short one that ends so is an address with an empty parameter.
const SOFT_BREAK = /^.{68,76}=$/;
