import type { IndicatorType } from "@/lib/domain/indicator/types";
import { DEFAULT_EXPIRY_DAYS } from "@/lib/domain/indicator/validity";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A standing end is renewed only when less than this share of its lifetime is left. */
export const RENEW_BELOW = 0.2;

type Options = {
  type: IndicatorType;
  /** The connector's own lifetime, or null for the default of the type. */
  expiryDays: number | null;
  /** Until when a source vouches for the value; null when none says. Lies after `now`. */
  validUntil: Date | null;
  /** The end that stands at the destination, if it does. */
  standing: Date | null;
  now: Date;
};

/**
 * When the record is to end: the earlier of source and policy, counted from the last full hour, so that plans made in one
 * hour are equal. What stands stays while it is right: else every plan would renew every record.
 */
export const chooseExpiry = ({ type, expiryDays, validUntil, standing, now }: Options): Date => {
  const lifetimeMs = (expiryDays ?? DEFAULT_EXPIRY_DAYS[type]) * DAY_MS;
  const byPolicy = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS + lifetimeMs);
  const fresh = validUntil && validUntil < byPolicy ? validUntil : byPolicy;
  if (standing === null || standing > fresh) return fresh;
  const leftMs = standing.getTime() - now.getTime();
  return leftMs > 0 && leftMs >= lifetimeMs * RENEW_BELOW ? standing : fresh;
};
