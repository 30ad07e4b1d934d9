import type { z } from "zod";

import { daysByTypeWords } from "@/lib/actions/days-by-type";

/** Under which field of the form a refusal stands, and its words. */
export const toFieldIssue = (issue: z.core.$ZodIssue): { field: string; message: string } => {
  const [first, place] = issue.path;
  // One field says what several settings are.
  if (first === "expiryByType") return { field: first, message: daysByTypeWords(issue) };
  if (first === "rules") return { field: first, message: inRule(place, issue.message) };
  if (first === "selection") {
    const names = issue.path.slice(1).filter((key) => typeof key === "string");
    return { field: names.join(".") || "types", message: issue.message };
  }
  if (first === "approval" || first === "automaticLimits" || first === "gate")
    return { field: issue.path.join("."), message: issue.message };
  const last = issue.path.findLast((key) => typeof key === "string") ?? "name";
  return { field: last, message: issue.message };
};

const inRule = (place: PropertyKey | undefined, message: string): string => {
  if (typeof place !== "number") return message;
  const rule = `Rule ${String(place + 1)}: `;
  return message.startsWith(rule) ? message : rule + message;
};
