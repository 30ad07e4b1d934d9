/** A piece of a STIX pattern. `text` of a quoted piece is what it stands for, escapes undone. */
export type Token = { kind: "word" | "text" | "constant" | "sign"; text: string };

/** The pieces of a pattern, or the sentence that says where it cannot be read. */
export const tokenize = (pattern: string): readonly Token[] | string => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(pattern)?.groups;
    if (!groups) return `It cannot be read at character ${String(at + 1)}.`;
    const { blank, text, constant, word, sign } = groups;
    if (text !== undefined) tokens.push({ kind: "text", text: unescape(text.slice(1, -1)) });
    else if (constant !== undefined) tokens.push({ kind: "constant", text: constant });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    at += (blank ?? text ?? constant ?? word ?? sign ?? "").length;
  }
  return tokens;
};

const unescape = (text: string): string => (text.includes("\\") ? text.replace(ESCAPE, "$1") : text);

// A text in double quotes is none by the book, yet names of hashes are written so.
const TOKEN =
  /(?<blank>\s+)|(?<constant>[bht]'[^'\\]*(?:\\.[^'\\]*)*'|[+-]?\d+(?:\.\d+)?(?![\w-]))|(?<text>'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*")|(?<word>[\w-]+)|(?<sign>[!<>]=|[=<>!()[\].,:*])/suy;
const ESCAPE = /\\(.)/gsu;
