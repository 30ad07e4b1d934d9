import type { IndicatorType } from "./types";

/** How many days a value stays valid after it was last seen, unless its feed says otherwise. */
export const DEFAULT_EXPIRY_DAYS: Readonly<Record<IndicatorType, number>> = {
  ipv4: 30,
  ipv6: 30,
  "ipv4-cidr": 30,
  "ipv6-cidr": 30,
  url: 60,
  domain: 90,
  email: 90,
  md5: 365,
  sha1: 365,
  sha256: 365,
  sha512: 365,
  "cert-sha1": 365,
};

export type ValidityFacts = {
  /** The end that the row or the person stated; null: none. */
  statedUntil: Date | null;
  lastSeen: Date;
  /** The feed's expiry policy; null: the feed lets nothing expire. */
  expiryDays: number | null;
};

/** The end of one attribution: what is stated, capped by the feed's policy; null when neither names one. */
export const validUntilOf = ({ statedUntil, lastSeen, expiryDays }: ValidityFacts): Date | null => {
  const policyEnd = expiryDays === null ? null : addDays(lastSeen, expiryDays);
  if (statedUntil === null || policyEnd === null) return statedUntil ?? policyEnd;
  return statedUntil < policyEnd ? statedUntil : policyEnd;
};

/** Whole days of 24 hours later: an expiry must not move with daylight saving. */
export const addDays = (date: Date, days: number): Date => new Date(date.getTime() + days * DAY_MS);

const DAY_MS = 86_400_000;
