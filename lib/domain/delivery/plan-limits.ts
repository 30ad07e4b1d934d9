import { z } from "zod";

import { patchFields } from "@/lib/domain/patch-fields";

import type { ConnectorKind } from "../connector/kinds";
import type { WantedCode } from "../selection/codes";

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

/** A change of limits, field by field. */
export const planLimitsPatchSchema = z.strictObject(patchFields(planLimitsSchema.shape));

/** Where somebody leaves applying to the product and names no limits: more in an hour is rarely what anybody meant. */
export const DEFAULT_AUTOMATIC_LIMITS: PlanLimits = {
  maxAdds: 2_000,
  maxRemoves: 500,
  maxRemovedPercent: null,
};

/** The limits of a stored row; what an older version left out takes its default. */
export const storedPlanLimitsSchema = z.object(planLimitsSchema.shape).nullable();

/** `remade`: of the changes, how many take a record away and make it anew. */
export type LimitedCounts = { add: number; change: number; remove: number; keep: number; remade: number };

/** Changes that make a record anew: another action, or other device groups. What a destination only rewrites is none. */
export const REMADE_CODES = ["action-changed", "groups-changed"] as const satisfies readonly WantedCode[];

type Planned = {
  counts: Omit<LimitedCounts, "remade">;
  changesByReason: { change?: Readonly<Record<string, number>> | undefined };
};

/** What of a plan its limits judge. Only Defender makes records anew. */
export const toLimitedCounts = (kind: ConnectorKind, { counts, changesByReason }: Planned): LimitedCounts => {
  const { add, change, remove, keep } = counts;
  const byCode = kind === "defender" ? changesByReason.change : undefined;
  const remade = REMADE_CODES.reduce((sum, code) => sum + (byCode?.[code] ?? 0), 0);
  return { add, change, remove, keep, remade };
};

/** What was applied within the last hour without a person, or by one person alone. */
export type Earlier = Pick<LimitedCounts, "add" | "remove">;
export const NOTHING_EARLIER: Earlier = { add: 0, remove: 0 };

/** Beyond `alone` a second person is needed; beyond `automatic` nothing goes without a person. */
type LimitKind = "alone" | "automatic";
const LIMIT_WORDS: Readonly<Record<LimitKind, string>> = {
  alone: "the limit for one person alone",
  automatic: "the limit for what goes by itself",
};

type Measure = { of?: LimitKind; earlier?: Earlier | undefined };

/**
 * What of a plan is more than the limits, each in a sentence that names which limits these are; nothing where there are none. What is made
 * anew counts as added and as removed. With `earlier`, what it changes counts together with that.
 */
export const findExcess = (
  limits: PlanLimits | null,
  counts: LimitedCounts,
  { of = "alone", earlier = NOTHING_EARLIER }: Measure = {},
): string[] => {
  if (limits === null) return [];
  const { maxAdds, maxRemoves, maxRemovedPercent } = limits;
  const limit = LIMIT_WORDS[of];
  const { remade } = counts;
  const found: string[] = [];
  const added = counts.add + remade;
  if (maxAdds !== null && added > 0 && added + earlier.add > maxAdds)
    found.push(`It adds ${sum(added, remade, earlier.add)}; ${limit} is ${written(maxAdds)}.`);
  const removed = counts.remove + remade;
  // Removing nothing is within every limit, whatever was removed before.
  if (removed === 0) return found;
  const removes = removed + earlier.remove;
  if (maxRemoves !== null && removes > maxRemoves)
    found.push(`It removes ${sum(removed, remade, earlier.remove)}; ${limit} is ${written(maxRemoves)}.`);
  const standing = counts.change + counts.remove + earlier.remove + counts.keep;
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

const sum = (now: number, remade: number, earlier: number): string =>
  [
    written(now),
    ...(remade === 0 ? [] : [` (${remade === now ? "all" : written(remade)} by ${ANEW})`]),
    ...(earlier === 0 ? [] : [`, with the ${written(earlier)} of the last hour ${written(now + earlier)}`]),
  ].join("");

const ANEW = "a change of action or device groups, which removes a record and makes it anew";

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
