import { z } from "zod";

const most = (what: string) =>
  z.number(`Give a number of ${what}.`).int().min(0).max(10_000_000).nullable().default(null);

/** How much one plan may change; null is without a limit. */
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

/** What of a plan is more than the limits, each in a sentence; nothing where there are none. */
export const findExcess = (limits: PlanLimits | null, counts: Counts): string[] => {
  if (limits === null) return [];
  const { maxAdds, maxRemoves, maxRemovedPercent } = limits;
  const found: string[] = [];
  if (maxAdds !== null && counts.add > maxAdds)
    found.push(`It adds ${written(counts.add)}; the limit is ${written(maxAdds)}.`);
  if (maxRemoves !== null && counts.remove > maxRemoves)
    found.push(`It removes ${written(counts.remove)}; the limit is ${written(maxRemoves)}.`);
  const standing = counts.change + counts.remove + counts.keep;
  if (maxRemovedPercent !== null && counts.remove * 100 > maxRemovedPercent * standing) {
    const percent = Math.ceil((counts.remove * 100) / standing);
    found.push(
      `It removes ${String(percent)} % of the ${written(standing)} that stand there; the limit is ${String(maxRemovedPercent)} %.`,
    );
  }
  return found;
};

/** Whether somebody who has the limits of `after` may do more by one plan than with those of `before`. */
export const isRaised = (before: PlanLimits | null, after: PlanLimits | null): boolean =>
  LIMIT_NAMES.some((name) => rank(after?.[name]) > rank(before?.[name]));

/** Limits in a few words, or the words for none. */
export const describeLimits = (limits: PlanLimits | null, none: string): string => {
  const { maxAdds = null, maxRemoves = null, maxRemovedPercent = null } = limits ?? {};
  const parts: string[] = [];
  if (maxAdds !== null) parts.push(`${written(maxAdds)} additions`);
  if (maxRemoves !== null) parts.push(`${written(maxRemoves)} removals`);
  if (maxRemovedPercent !== null) parts.push(`removals of ${String(maxRemovedPercent)} % of what stands`);
  return parts.length === 0 ? none : parts.join(", ");
};

const LIMIT_NAMES = ["maxAdds", "maxRemoves", "maxRemovedPercent"] as const;

const rank = (limit: number | null | undefined): number => limit ?? Infinity;

const written = (count: number): string => count.toLocaleString("en-US");
