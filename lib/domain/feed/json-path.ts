import { compile } from "@jmespath-community/jmespath";

/** A JMESPath expression, compiled. */
export type PathNode = ReturnType<typeof compile>;

/**
 * Why a path is not taken, as a sentence; null for a good one. JMESPath has no loops, yet a short expression can double
 * what it is given with every step and so hang a run: a path may make at most `maxGrowth` times as much of an item as
 * there is, and holds nothing that looks back at the whole from inside a list.
 */
export const whyNoPath = (path: string, maxGrowth: number): string | null => {
  const compiled = compilePath(path);
  if (typeof compiled === "string") return compiled;
  try {
    return growthOf(compiled) > maxGrowth ? TOO_LARGE : null;
  } catch (error) {
    if (error instanceof RefusedPart) return error.message;
    throw error;
  }
};

/** The compiled path, or the sentence that says why it is none. */
export const compilePath = (path: string): PathNode | string => {
  try {
    return compile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it cannot be read";
    return `This is no JMESPath expression: ${reason}.`;
  }
};

class RefusedPart extends Error {}

/** How many times as large as its input the answer of an expression can be, at most. */
const growthOf = (node: PathNode): number => {
  switch (node.type) {
    case "Field":
    case "Index":
    case "Slice":
    case "Current":
    case "Identity":
      return 1;
    case "Literal":
      return Math.max(1, JSON.stringify(node.value).length / LITERAL_CHARACTERS);
    case "Subexpression":
    case "IndexExpression":
    case "Pipe":
    case "Projection":
    case "ValueProjection":
      return growthOf(node.left) * growthOf(node.right);
    case "FilterProjection":
      return growthOf(node.left) * Math.max(growthOf(node.condition), growthOf(node.right));
    case "Flatten":
    case "NotExpression":
    case "ExpressionReference":
      return growthOf(node.child);
    case "AndExpression":
    case "OrExpression":
    case "Comparator":
    case "Arithmetic":
      return Math.max(growthOf(node.left), growthOf(node.right));
    case "Unary":
      return growthOf(node.operand);
    case "Ternary":
      return Math.max(growthOf(node.condition), growthOf(node.trueExpr), growthOf(node.falseExpr));
    case "MultiSelectList":
      return sum(node.children.map(growthOf));
    case "MultiSelectHash":
      return sum(node.children.map(({ value }) => growthOf(value)));
    case "Function":
      return growthOfFunction(node.name, node.children);
    case "Root":
    case "LetExpression":
    case "Binding":
    case "Variable":
      throw new RefusedPart("A path reads downwards: “$” and “let” cannot be used.");
  }
};

const growthOfFunction = (name: string, args: readonly PathNode[]): number => {
  const growths = args.map(growthOf);
  const isFixed = (index: number): boolean => args[index]?.type === "Literal";
  switch (name) {
    case "pad_left":
    case "pad_right":
      throw new RefusedPart(`“${name}” cannot be used in a path.`);
    case "join":
      if (!isFixed(0))
        throw new RefusedPart("“join” needs its separator written out, such as join(',', tags).");
      return (growths[0] ?? 1) * (growths[1] ?? 1);
    case "replace":
      if (!isFixed(1) || !isFixed(2))
        throw new RefusedPart("“replace” needs what it replaces, and by what, written out.");
      return (growths[0] ?? 1) * (growths[2] ?? 1) * LITERAL_CHARACTERS;
    case "to_string":
      // Quotes and backslashes are escaped once more each time.
      return 2 * (growths[0] ?? 1);
    default:
      return args.some(({ type }) => type === "ExpressionReference")
        ? growths.reduce((product, growth) => product * growth, 1)
        : Math.max(1, sum(growths));
  }
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** So many characters of a constant count as one value. */
const LITERAL_CHARACTERS = 10;
const TOO_LARGE =
  "This path copies what it reads too often. Take it apart, or leave out nested lists of choices.";
