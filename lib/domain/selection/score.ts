import { SEVERITIES, type Severity } from "@/lib/domain/connector/actions";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { PROPERTIES, type PropertyName, type Weights } from "./budget-settings";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Ranked = {
  type: IndicatorType;
  confidence: number;
  severity: Severity;
  lastSeen: Date | null;
  /** How many feeds name it. */
  sources: number;
};

/** What speaks for a candidate, whatever weighs how much: each property from 0 to 100. */
export type Points = Readonly<Record<PropertyName, number>>;

/** Whole numbers, so that they are the same on every machine; all but confidence go in steps, so that they do not move with every run. */
export const pointsOf = ({ type, confidence, severity, lastSeen, sources }: Ranked, now: Date): Points => ({
  confidence,
  severity: Math.round((SEVERITIES.indexOf(severity) * FULL) / (SEVERITIES.length - 1)),
  recency: recencyOf(lastSeen, now),
  type: TYPE_WORTH[type],
  sources: Math.round((Math.min(sources - 1, MOST_OTHERS) * FULL) / MOST_OTHERS),
});

/** How much that is worth a place: each property times its weight. */
export const weigh = (points: Points, weights: Weights): number =>
  PROPERTIES.reduce((sum, name) => sum + weights[name] * points[name], 0);

const FULL = 100;
/** More sources than this besides the first make nothing surer. */
const MOST_OTHERS = 4;

/** A file hash names one thing for ever; an address changes hands. */
const TYPE_WORTH: Readonly<Record<IndicatorType, number>> = {
  md5: 100,
  sha1: 100,
  sha256: 100,
  sha512: 100,
  "cert-sha1": 100,
  domain: 75,
  email: 75,
  url: 50,
  ipv4: 25,
  ipv6: 25,
  "ipv4-cidr": 25,
  "ipv6-cidr": 25,
};

const RECENCY_STEPS = [
  { days: 1, worth: 100 },
  { days: 7, worth: 75 },
  { days: 30, worth: 50 },
  { days: 90, worth: 25 },
] as const;

// By full hours, so that plans made in one hour are equal.
const recencyOf = (lastSeen: Date | null, now: Date): number => {
  if (lastSeen === null) return 0;
  const ageDays = (Math.floor(now.getTime() / HOUR_MS) * HOUR_MS - lastSeen.getTime()) / DAY_MS;
  return RECENCY_STEPS.find(({ days }) => ageDays <= days)?.worth ?? 0;
};

/** From when being seen last at that time is worth less than it is now, in milliseconds; infinite where it is worth nothing. */
export const nextRecency = (lastSeen: Date | null, now: Date): number => {
  if (lastSeen === null) return Number.POSITIVE_INFINITY;
  const worth = recencyOf(lastSeen, now);
  const step = RECENCY_STEPS.find((one) => one.worth === worth);
  // The first full hour after its last moment.
  return step
    ? (Math.floor((lastSeen.getTime() + step.days * DAY_MS) / HOUR_MS) + 1) * HOUR_MS
    : Number.POSITIVE_INFINITY;
};
