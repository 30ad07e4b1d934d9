import type { z } from "zod";

import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

/** `ipv4 7, domain 30`: a type and its days, by comma. What is no number of days is left to the schema to refuse. */
export const readDaysByType = (words: string): Record<string, number> =>
  Object.fromEntries(
    words
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "")
      .map((entry) => {
        const [type = "", days = ""] = entry.split(/[\s:=]+/);
        return [type.toLowerCase(), /^\d+$/.test(days) ? Number(days) : Number.NaN];
      }),
  );

/** The same in the other direction. */
export const writeDaysByType = (days: Readonly<Partial<Record<string, number>>>): string =>
  Object.entries(days)
    .map(([type, count]) => `${type} ${String(count)}`)
    .join(", ");

/** What is wrong with days of types, in words that name the types there are. */
export const daysByTypeWords = (issue: z.core.$ZodIssue): string => {
  if (issue.code === "unrecognized_keys")
    return `There is no type “${issue.keys.join("”, “")}”. The types are ${INDICATOR_TYPES.join(", ")}.`;
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => message).join(" ");
  return issue.message;
};
