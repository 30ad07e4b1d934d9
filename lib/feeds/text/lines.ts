/** Longer lines are no rows of a list. A reader sees one character more than this and must refuse the line. */
export const MAX_LINE_CHARS = 1_048_576;

/**
 * The lines of a text while it arrives, without their ends (CRLF, LF or CR), in as many arrays as there were pieces.
 * Memory stays flat: of a line longer than the limit only its beginning is kept.
 */
export async function* readLines(text: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let rest = "";
  let isSkipping = false;
  for await (const piece of text) {
    const known = rest + piece;
    // A CR at the very end may be half of a CRLF.
    const held = known.endsWith("\r") ? 1 : 0;
    const lines = splitLines(held === 1 ? known.slice(0, -1) : known);
    const last = lines.pop() ?? "";
    if (isSkipping && lines.length > 0) {
      lines.shift();
      isSkipping = false;
    }
    if (isSkipping) rest = held === 1 ? "\r" : "";
    else if (last.length > MAX_LINE_CHARS) {
      lines.push(last.slice(0, MAX_LINE_CHARS + 1));
      isSkipping = true;
      rest = held === 1 ? "\r" : "";
    } else rest = held === 1 ? `${last}\r` : last;
    if (lines.length > 0) yield lines;
  }
  if (rest !== "" && !isSkipping) yield [rest.endsWith("\r") ? rest.slice(0, -1) : rest];
}

/** Cuts a text at CRLF, LF and CR. */
export const splitLines = (text: string): string[] => {
  if (!text.includes("\r")) return text.split("\n");
  const unix = text.replaceAll("\r\n", "\n");
  return unix.includes("\r") ? unix.split(/[\n\r]/) : unix.split("\n");
};
