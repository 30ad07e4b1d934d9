import { addDays } from "@/lib/domain/indicator/validity";

import type { Blocked } from "./blocked";
import type { Vouching } from "./candidate";
import type { Policy } from "./policy";

/** Why it is too long ago that one of the sources saw it; null where that does not matter or is not known. */
export const findUntimely = (
  chosen: readonly Vouching[],
  { selection: { maxAgeDays } }: Policy,
  now: Date,
): Blocked | null => {
  const sightedAt = maxAgeDays === null ? null : latestSighting(chosen);
  if (maxAgeDays === null || sightedAt === null || addDays(sightedAt, maxAgeDays) > now) return null;
  const days = `${String(maxAgeDays)} ${maxAgeDays === 1 ? "day" : "days"}`;
  const reason = `It was last seen on ${sightedAt.toISOString().slice(0, 10)}; this connector takes what was seen within ${days}.`;
  return { code: "too-old", reason };
};

type Lifetime = { validUntil: Date | null; expiryDays: number };

/** Where a connector asks for an age, no record outlives it: it would stand there as what is not taken any more. */
export const limitByAge = (
  chosen: readonly Vouching[],
  maxAgeDays: number | null,
  { validUntil, expiryDays }: Lifetime,
): Lifetime => {
  const sightedAt = maxAgeDays === null ? null : latestSighting(chosen);
  if (maxAgeDays === null || sightedAt === null) return { validUntil, expiryDays };
  const agesAt = addDays(sightedAt, maxAgeDays);
  return {
    validUntil: validUntil !== null && validUntil < agesAt ? validUntil : agesAt,
    // It is renewed by that lifetime, else each sighting would move the end of every record.
    expiryDays: Math.min(expiryDays, maxAgeDays),
  };
};

const latestSighting = (chosen: readonly Vouching[]): Date | null => {
  let latest: Date | null = null;
  for (const { sightedAt } of chosen)
    if (sightedAt !== null && (latest === null || sightedAt > latest)) latest = sightedAt;
  return latest;
};
