import { FilterError, tokenize, type Token } from "./filter-tokens";
import { type Indicator } from "./indicator";

export type Predicate = (indicator: Indicator) => boolean;

/** The documented fields, and what they are compared as. */
const FIELDS = {
  application: "text",
  createdByDisplayName: "text",
  expirationTime: "time",
  generateAlert: "flag",
  title: "text",
  rbacGroupNames: "list",
  rbacGroupIds: "list",
  indicatorValue: "text",
  indicatorType: "text",
  creationTimeDateTimeUtc: "time",
  createdBy: "text",
  action: "text",
  severity: "text",
} as const satisfies Partial<Record<keyof Indicator, string>>;
type Field = keyof typeof FIELDS;
type Value = string | number | boolean | null;

const COMPARISONS: Record<
  string,
  (left: string | number | boolean, right: string | number | boolean) => boolean
> = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  gt: (left, right) => left > right,
  ge: (left, right) => left >= right,
  lt: (left, right) => left < right,
  le: (left, right) => left <= right,
};
const TEXT_FUNCTIONS: Record<string, (text: string, part: string) => boolean> = {
  contains: (text, part) => text.includes(part),
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
};
const MAX_DEPTH = 50;

/** Turns a `$filter` expression (comparisons, and, or, not, parentheses, contains and its like, any) into a test. Throws `FilterError`. */
export const parseFilter = (source: string): Predicate => {
  const tokens = tokenize(source);
  let position = 0;

  const fail = (): FilterError => {
    const token = tokens[position];
    return new FilterError(
      token === undefined
        ? `Expression expected at position ${String(source.length)} in '${source}'.`
        : `Syntax error at position ${String(token.at)} in '${source}'.`,
    );
  };
  const peekWord = (word: string): boolean => {
    const token = tokens[position];
    return token?.kind === "word" && token.text === word;
  };
  const take = (): Token => {
    const token = tokens[position];
    if (token === undefined) throw fail();
    position += 1;
    return token;
  };
  const expectSign = (sign: string): void => {
    const token = tokens[position];
    if (token?.kind !== "sign" || token.text !== sign) throw fail();
    position += 1;
  };
  const takeWord = (): string => {
    const token = tokens[position];
    if (token?.kind !== "word") throw fail();
    position += 1;
    return token.text;
  };

  const either = (depth: number): Predicate => {
    let left = both(depth);
    while (peekWord("or")) {
      position += 1;
      const [first, second] = [left, both(depth)];
      left = (indicator) => first(indicator) || second(indicator);
    }
    return left;
  };
  const both = (depth: number): Predicate => {
    let left = single(depth);
    while (peekWord("and")) {
      position += 1;
      const [first, second] = [left, single(depth)];
      left = (indicator) => first(indicator) && second(indicator);
    }
    return left;
  };
  const single = (depth: number): Predicate => {
    if (depth > MAX_DEPTH) throw new FilterError("The expression is nested too deeply.");
    if (peekWord("not")) {
      position += 1;
      const inner = single(depth + 1);
      return (indicator) => !inner(indicator);
    }
    const token = tokens[position];
    if (token?.kind === "sign" && token.text === "(") {
      position += 1;
      const inner = either(depth + 1);
      expectSign(")");
      return inner;
    }
    const name = takeWord();
    const textFunction = TEXT_FUNCTIONS[name];
    return textFunction === undefined ? comparison(toField(name)) : textTest(textFunction);
  };
  const textTest = (test: (text: string, part: string) => boolean): Predicate => {
    expectSign("(");
    const field = toField(takeWord());
    expectSign(",");
    const part = literal();
    expectSign(")");
    if (FIELDS[field] !== "text" || typeof part !== "string") throw incompatible();
    return (indicator) => {
      const value = indicator[field];
      return typeof value === "string" && test(value, part);
    };
  };
  const comparison = (field: Field): Predicate => {
    if (FIELDS[field] === "list") return anyTest(field);
    const operator = takeWord();
    const compare = COMPARISONS[operator];
    if (compare === undefined) throw fail();
    const wanted = literal();
    const kind = { text: "string", time: "number", flag: "boolean", list: "string" }[FIELDS[field]];
    if (wanted !== null && typeof wanted !== kind) throw incompatible();
    return (indicator) => {
      const stored = indicator[field];
      const value = FIELDS[field] === "time" && typeof stored === "string" ? Date.parse(stored) : stored;
      if (value === null || wanted === null || typeof value === "object") {
        return operator === "eq" ? value === wanted : operator === "ne" && value !== wanted;
      }
      return compare(value, wanted);
    };
  };
  /** `rbacGroupNames/any(g: g eq 'Servers')` */
  const anyTest = (field: Field): Predicate => {
    expectSign("/");
    if (takeWord() !== "any") throw fail();
    expectSign("(");
    const variable = takeWord();
    expectSign(":");
    if (takeWord() !== variable || takeWord() !== "eq") throw fail();
    const wanted = literal();
    expectSign(")");
    return (indicator) => {
      const values = indicator[field];
      return Array.isArray(values) && values.some((one) => String(one) === String(wanted));
    };
  };
  const literal = (): Value => {
    const token = take();
    if (token.kind === "text" || token.kind === "time" || token.kind === "number") return token.value;
    if (token.text === "true" || token.text === "false") return token.text === "true";
    if (token.text === "null") return null;
    position -= 1;
    throw fail();
  };

  const predicate = either(0);
  if (position < tokens.length) throw fail();
  return predicate;
};

const isField = (name: string): name is Field => Object.hasOwn(FIELDS, name);

const toField = (name: string): Field => {
  if (isField(name)) return name;
  throw new FilterError(
    `Could not find a property named '${name}' on type 'microsoft.windowsDefenderATP.api.Indicator'.`,
  );
};

const incompatible = (): FilterError =>
  new FilterError("A binary operator with incompatible types was detected.");
