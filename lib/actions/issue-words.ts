import { z } from "zod";

/** What is wrong with a field in words for a person, where its schema has none of its own. To be given to `parse`. */
export const issueWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === "invalid_type") return describeType(issue);
  if (issue.code === "invalid_value") return `Give one of: ${issue.values.map(String).join(", ")}.`;
  if (issue.code === "too_big")
    return describeBound(issue.inclusive === false ? "Less than" : "At most", issue.maximum, issue.origin);
  if (issue.code !== "too_small") return undefined;
  if (issue.origin === "string" && issue.minimum === 1) return MISSING;
  if (issue.origin === "array" && issue.minimum === 1) return "Give at least one.";
  return describeBound(issue.inclusive === false ? "More than" : "At least", issue.minimum, issue.origin);
};

const MISSING = "Fill this in.";

const describeType = ({ expected, input, inst }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType>) => {
  if (expected === "int") return "Give a whole number.";
  if (expected === "number")
    return inst instanceof z.ZodNumber && inst.format === "safeint"
      ? "Give a whole number."
      : "Give a number.";
  return input === undefined ? MISSING : undefined;
};

const describeBound = (bound: string, count: number | bigint, origin: string): string => {
  const unit = UNITS.get(origin);
  return unit === undefined ? `${bound} ${String(count)}.` : `${bound} ${String(count)} ${unit}.`;
};

const UNITS: ReadonlyMap<string, string> = new Map([
  ["string", "characters"],
  ["array", "entries"],
]);
