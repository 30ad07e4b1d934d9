import type { IndicatorType } from "@/lib/domain/indicator/types";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long a value is blocked when nobody says: addresses change hands, hashes never do. */
export const DEFAULT_EXPIRY_DAYS: Readonly<Record<IndicatorType, number>> = {
  ipv4: 30,
  ipv6: 30,
  "ipv4-cidr": 30,
  "ipv6-cidr": 30,
  domain: 90,
  url: 60,
  email: 90,
  md5: 365,
  sha1: 365,
  sha256: 365,
  sha512: 365,
  "cert-sha1": 365,
};

/** A standing end is renewed only when less than this share of its lifetime is left. */
const RENEW_BELOW = 0.2;

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
