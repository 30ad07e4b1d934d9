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

/**
 * What of a plan is more than the limits, each in a sentence; nothing where there are none. With `earlier`, what it changes counts
 * together with that.
 */
export const findExcess = (
  limits: PlanLimits | null,
  counts: Counts,
  earlier: Earlier = { add: 0, remove: 0 },
): string[] => {
  if (limits === null) return [];
  const { maxAdds, maxRemoves, maxRemovedPercent } = limits;
  const found: string[] = [];
  const adds = counts.add + earlier.add;
  if (maxAdds !== null && counts.add > 0 && adds > maxAdds)
    found.push(`It adds ${sum(counts.add, earlier.add)}; the limit is ${written(maxAdds)}.`);
  // Removing nothing is within every limit, whatever was removed before.
  if (counts.remove === 0) return found;
  const removes = counts.remove + earlier.remove;
  if (maxRemoves !== null && removes > maxRemoves)
    found.push(`It removes ${sum(counts.remove, earlier.remove)}; the limit is ${written(maxRemoves)}.`);
  const standing = counts.change + removes + counts.keep;
  if (maxRemovedPercent !== null && removes * 100 > maxRemovedPercent * standing) {
    const percent = Math.ceil((removes * 100) / standing);
    const what =
      earlier.remove === 0 ? "It removes" : `With the ${written(earlier.remove)} of the last hour it removes`;
    found.push(
      `${what} ${String(percent)} % of the ${written(standing)} that stand there; the limit is ${String(maxRemovedPercent)} %.`,
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
