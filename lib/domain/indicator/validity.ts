import type { IndicatorType } from "./types";

/** How many days a value stays valid after it was first or last seen, unless its feed says otherwise. */
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
  /** The end that the feed's removal policy gives it; null: none. */
  policyUntil: Date | null;
};

/** The end of one attribution: the earlier of what is stated and what the feed's policy says; null when neither names one. */
export const validUntilOf = ({ statedUntil, policyUntil }: ValidityFacts): Date | null => {
  if (statedUntil === null || policyUntil === null) return statedUntil ?? policyUntil;
  return statedUntil < policyUntil ? statedUntil : policyUntil;
};

/** Whole days of 24 hours later: an expiry must not move with daylight saving. */
export const addDays = (date: Date, days: number): Date => new Date(date.getTime() + days * DAY_MS);

const DAY_MS = 86_400_000;
