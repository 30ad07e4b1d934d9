import { tokenize, type Token } from "./tokens";

/** `file:hashes.'SHA-256' = '…'`: one property that has one value, or is a part of one network. */
export type Comparison = {
  /** The kind of object, such as `file`. */
  object: string;
  /** The way to the property, such as `["hashes", "SHA-256"]`; a step into a list is `*` or a number. */
  path: readonly string[];
  operator: "=" | "ISSUBSET";
  value: string;
};

export type PatternResult = { ok: true; comparisons: readonly Comparison[] } | { ok: false; reason: string };

/**
 * Reads a STIX pattern that names values each of which matters by itself: one comparison, or several with OR between
 * them, inside brackets or between them. Anything that binds values together (AND, FOLLOWEDBY, qualifiers), that negates
 * or that is no equality is refused with the reason: a part of it would be more than its author said.
 */
export const parsePattern = (pattern: string): PatternResult => {
  const tokens = tokenize(pattern);
  if (typeof tokens === "string") return { ok: false, reason: tokens };
  const reader = createReader(tokens);
  try {
    const comparisons = readObservations(reader, 0);
    const rest = reader.peek();
    if (rest) throw new Unsupported(whyMore(rest));
    return { ok: true, comparisons };
  } catch (error) {
    if (error instanceof Unsupported) return { ok: false, reason: error.message };
    throw error;
  }
};

class Unsupported extends Error {}

const createReader = (tokens: readonly Token[]) => {
  let at = 0;
  const peek = (): Token | undefined => tokens[at];
  const next = (): Token => {
    const token = tokens[at++];
    if (!token) throw new Unsupported("It ends in the middle.");
    return token;
  };
  return {
    peek,
    next,
    /** Takes a sign or a key word if it comes next. */
    takes: (text: string): boolean => {
      const token = peek();
      const isNext = token !== undefined && token.kind !== "text" && token.text.toUpperCase() === text;
      if (isNext) at++;
      return isNext;
    },
  };
};
type Reader = ReturnType<typeof createReader>;

const expect = (reader: Reader, sign: string): void => {
  if (reader.takes(sign)) return;
  const token = reader.peek();
  throw new Unsupported(token ? whyMore(token) : `It ends where “${sign}” should be.`);
};

/** `[…] OR […]` */
const readObservations = (reader: Reader, depth: number): readonly Comparison[] => {
  const found = [...readObservation(reader, depth)];
  while (reader.takes("OR")) found.push(...readObservation(reader, depth));
  return found;
};

const readObservation = (reader: Reader, depth: number): readonly Comparison[] => {
  if (reader.takes("(")) {
    const found = readObservations(reader, deeper(depth));
    expect(reader, ")");
    return found;
  }
  expect(reader, "[");
  const found = readAlternatives(reader, depth);
  expect(reader, "]");
  return found;
};

/** `a = 'x' OR b IN ('y', 'z')` */
const readAlternatives = (reader: Reader, depth: number): readonly Comparison[] => {
  const found = [...readTyped(reader, depth)];
  while (reader.takes("OR")) found.push(...readTyped(reader, depth));
  return found;
};

/**
 * A comparison; also `x_ref.type = 'ipv4-addr' AND x_ref.value = '…'`, by which MISP and others say of one value what
 * kind of address it is.
 */
const readTyped = (reader: Reader, depth: number): readonly Comparison[] => {
  const first = readComparison(reader, depth);
  if (!reader.takes("AND")) return first;
  const second = readComparison(reader, depth);
  const [guard, value] = [first, second].toSorted(
    (one, other) => (isGuard(one) ? 0 : 1) - (isGuard(other) ? 0 : 1),
  );
  if (guard && value && isGuardOf(guard, value)) return value;
  throw new Unsupported(TIED);
};

const isGuard = ([only, ...others]: readonly Comparison[]): boolean =>
  only !== undefined && others.length === 0 && only.path.at(-1) === "type" && ADDRESS_TYPES.has(only.value);

const isGuardOf = (guard: readonly Comparison[], value: readonly Comparison[]): boolean =>
  isGuard(guard) &&
  guard.every((one) =>
    value.every(
      (other) =>
        one.object === other.object &&
        other.path.at(-1) === "value" &&
        one.path.slice(0, -1).join(".") === other.path.slice(0, -1).join("."),
    ),
  );

const readComparison = (reader: Reader, depth: number): readonly Comparison[] => {
  if (reader.takes("(")) {
    const found = readAlternatives(reader, deeper(depth));
    expect(reader, ")");
    return found;
  }
  if (reader.takes("EXISTS")) throw new Unsupported("It asks only whether a property exists.");
  const object = readWord(reader);
  expect(reader, ":");
  const path = readPath(reader);
  if (reader.takes("NOT")) throw new Unsupported(NEGATED);
  const operator = reader.next().text.toUpperCase();
  switch (operator) {
    case "=":
    case "ISSUBSET":
      return [{ object, path, operator, value: readText(reader) }];
    case "==":
      return [{ object, path, operator: "=", value: readText(reader) }];
    case "IN":
      return readSet(reader).map((value) => ({ object, path, operator: "=", value }));
    case "!=":
      throw new Unsupported(NEGATED);
    default:
      throw new Unsupported(`It compares with “${operator}”, not with “=”.`);
  }
};

const readPath = (reader: Reader): readonly string[] => {
  const path = [readName(reader)];
  for (;;)
    if (reader.takes(".")) path.push(readName(reader));
    else if (reader.takes("[")) {
      path.push(reader.next().text);
      expect(reader, "]");
    } else return path;
};

const readName = (reader: Reader): string => {
  const token = reader.next();
  if (token.kind === "word" || token.kind === "text") return token.text;
  throw new Unsupported(whyMore(token));
};

const readWord = (reader: Reader): string => {
  const token = reader.next();
  if (token.kind === "word") return token.text.toLowerCase();
  throw new Unsupported(whyMore(token));
};

const readText = (reader: Reader): string => {
  const token = reader.next();
  if (token.kind === "text") return token.text;
  throw new Unsupported(`It compares with ${quoted(token)}, which is no text.`);
};

const readSet = (reader: Reader): readonly string[] => {
  expect(reader, "(");
  const values = [readText(reader)];
  while (reader.takes(",")) values.push(readText(reader));
  expect(reader, ")");
  return values;
};

const deeper = (depth: number): number => {
  if (depth >= MAX_DEPTH) throw new Unsupported("It has too many brackets inside each other.");
  return depth + 1;
};

const whyMore = (token: Token): string => {
  const word = token.kind === "text" ? "" : token.text.toUpperCase();
  if (word === "AND") return TIED;
  if (word === "FOLLOWEDBY") return "It asks for values one after the other (FOLLOWEDBY).";
  if (QUALIFIERS.has(word)) return `It holds only under a condition (${word}).`;
  return `It cannot be read at ${quoted(token)}.`;
};

const quoted = ({ text }: Token): string => `“${text.slice(0, MAX_QUOTED_CHARS)}”`;

const TIED = "It asks for several things at once (AND); one of them alone would say more than it does.";
const NEGATED = "It says what a value is not.";
const QUALIFIERS: ReadonlySet<string> = new Set(["WITHIN", "REPEATS", "START"]);
const ADDRESS_TYPES: ReadonlySet<string> = new Set(["ipv4-addr", "ipv6-addr", "domain-name"]);
const MAX_DEPTH = 50;
const MAX_QUOTED_CHARS = 60;
