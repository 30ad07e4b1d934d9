import { z } from "zod";

const most = (what: string) =>
  z.number(`Give a number of ${what}.`).int().min(0).max(10_000_000).nullable().default(null);

/** How much may change at once, or within an hour where nobody is asked; null is without a limit. */
export const planLimitsSchema = z.strictObject({
  maxAdds: most("additions"),
  maxRemoves: most("removals"),
  /** Removals in percent of what stands there. */
  maxRemovedPercent: z
    .number("Give a number from 0 to 100.")
    .int()
    .min(0)
    .max(100, "Give a number from 0 to 100.")
    .nullable()
    .default(null),
});
export type PlanLimits = z.output<typeof planLimitsSchema>;

/** The limits of a stored row; what an older version left out takes its default. */
export const storedPlanLimitsSchema = z.object(planLimitsSchema.shape).nullable();

type Counts = { add: number; change: number; remove: number; keep: number };

/** What was applied without a person within the last hour. */
export type Earlier = Pick<Counts, "add" | "remove">;

/** Beyond `alone` a second person is needed; beyond `automatic` nothing goes without a person. */
type LimitKind = "alone" | "automatic";
const LIMIT_WORDS: Readonly<Record<LimitKind, string>> = {
  alone: "the limit for one person alone",
  automatic: "the limit for what goes by itself",
};

type Measure = { of?: LimitKind; earlier?: Earlier };

/**
 * What of a plan is more than the limits, each in a sentence that names which limits these are; nothing where there are none. With
 * `earlier`, what it changes counts together with that.
 */
export const findExcess = (
  limits: PlanLimits | null,
  counts: Counts,
  { of = "alone", earlier = { add: 0, remove: 0 } }: Measure = {},
): string[] => {
  if (limits === null) return [];
  const { maxAdds, maxRemoves, maxRemovedPercent } = limits;
  const limit = LIMIT_WORDS[of];
  const found: string[] = [];
  const adds = counts.add + earlier.add;
  if (maxAdds !== null && counts.add > 0 && adds > maxAdds)
    found.push(`It adds ${sum(counts.add, earlier.add)}; ${limit} is ${written(maxAdds)}.`);
  // Removing nothing is within every limit, whatever was removed before.
  if (counts.remove === 0) return found;
  const removes = counts.remove + earlier.remove;
  if (maxRemoves !== null && removes > maxRemoves)
    found.push(`It removes ${sum(counts.remove, earlier.remove)}; ${limit} is ${written(maxRemoves)}.`);
  const standing = counts.change + removes + counts.keep;
  if (maxRemovedPercent !== null && removes * 100 > maxRemovedPercent * standing) {
    const percent = Math.ceil((removes * 100) / standing);
    const what =
      earlier.remove === 0 ? "It removes" : `With the ${written(earlier.remove)} of the last hour it removes`;
    found.push(
      `${what} ${String(percent)} % of the ${written(standing)} that stand there; ${limit} is ${String(maxRemovedPercent)} %.`,
    );
  }
  return found;
};

const sum = (now: number, earlier: number): string =>
  earlier === 0
    ? written(now)
    : `${written(now)}, with the ${written(earlier)} of the last hour ${written(now + earlier)}`;

/** Whether somebody who has the limits of `after` may do more by one plan than with those of `before`. */
export const isRaised = (before: PlanLimits | null, after: PlanLimits | null): boolean =>
  LIMIT_NAMES.some((name) => rank(after?.[name]) > rank(before?.[name]));

/** Limits in a few words, or the words for none. */
export const describeLimits = (limits: PlanLimits | null, none: string): string => {
  const { maxAdds = null, maxRemoves = null, maxRemovedPercent = null } = limits ?? {};
  const parts: string[] = [];
  if (maxAdds !== null) parts.push(counted(maxAdds, "addition"));
  if (maxRemoves !== null) parts.push(counted(maxRemoves, "removal"));
  if (maxRemovedPercent !== null) parts.push(`removals of ${String(maxRemovedPercent)} % of what stands`);
  return parts.length === 0 ? none : parts.join(", ");
};

const LIMIT_NAMES = ["maxAdds", "maxRemoves", "maxRemovedPercent"] as const;

const rank = (limit: number | null | undefined): number => limit ?? Infinity;

const counted = (count: number, noun: string): string => `${written(count)} ${noun}${count === 1 ? "" : "s"}`;

const written = (count: number): string => count.toLocaleString("en-US");
