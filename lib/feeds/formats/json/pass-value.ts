/** Where the reader is inside a value: how deep, and whether in a text. */
export type Passing = { depth: number; isQuoted: boolean; isEscaped: boolean };

export const startPassing = (): Passing => ({ depth: 0, isQuoted: false, isEscaped: false });

/**
 * Passes over a value by its brackets and quotes. Gives the position behind it, or -1 when this piece of the document
 * ends first; the state is kept in `passing` for the next piece. A number or word ends before what follows it.
 */
export const passValue = (piece: string, from: number, passing: Passing): number => {
  let { depth, isQuoted, isEscaped } = passing;
  for (let at = from; at < piece.length; at++) {
    const code = piece.charCodeAt(at);
    if (isEscaped) isEscaped = false;
    else if (isQuoted) {
      if (code === BACKSLASH) isEscaped = true;
      else if (code === QUOTE) {
        if (depth === 0) return at + 1;
        isQuoted = false;
      }
    } else if (code === QUOTE) isQuoted = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === COMMA || code <= SPACE)) return at;
  }
  Object.assign(passing, { depth, isQuoted, isEscaped });
  return -1;
};

const [QUOTE, BACKSLASH, COMMA, SPACE] = [0x22, 0x5c, 0x2c, 0x20];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
