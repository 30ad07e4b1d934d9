/** One piece of an OData filter expression. `at` is where it begins. */
export type Token =
  | { kind: "word"; text: string; at: number }
  | { kind: "text"; value: string; at: number }
  | { kind: "number"; value: number; at: number }
  | { kind: "time"; value: number; at: number }
  | { kind: "sign"; text: string; at: number };

/** Says what is wrong with an expression, in the words of the OData library. */
export class FilterError extends Error {}

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?/;

/** Splits an expression into its pieces. Throws `FilterError`. */
export const tokenize = (source: string): Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const char = rest.charAt(0);
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    if (char === "'") {
      const value = readText(source, at);
      tokens.push({ kind: "text", value: value.text, at });
      at = value.end;
      continue;
    }
    const time = TIME.exec(rest)?.[0];
    const number = /^-?\d+(?:\.\d+)?/.exec(rest)?.[0];
    const word = /^[a-z_@$][\w@.$]*/i.exec(rest)?.[0];
    if (time !== undefined) tokens.push({ kind: "time", value: Date.parse(time), at });
    else if (number !== undefined) tokens.push({ kind: "number", value: Number(number), at });
    else if (word !== undefined) tokens.push({ kind: "word", text: word, at });
    else if ("(),:/".includes(char)) tokens.push({ kind: "sign", text: char, at });
    else throw new FilterError(`Syntax error at position ${String(at)} in '${source}'.`);
    at += (time ?? number ?? word ?? char).length;
  }
  return tokens;
};

/** A string literal, in which a quote is written twice. */
const readText = (source: string, start: number): { text: string; end: number } => {
  let text = "";
  let at = start + 1;
  while (at < source.length) {
    if (source.charAt(at) !== "'") text += source.charAt(at);
    else if (source.charAt(at + 1) === "'") {
      text += "'";
      at += 1;
    } else return { text, end: at + 1 };
    at += 1;
  }
  throw new FilterError(
    `There is an unterminated string literal at position ${String(source.length)} in '${source}'.`,
  );
};
