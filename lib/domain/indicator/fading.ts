import { addDays } from "./validity";

/** How fast a team's confidence in values of a type fades. */
export type FadingRule = {
  halfLifeDays: number;
  /** At this confidence, once halved, a value has expired. */
  floor: number;
};

type FadingFacts = {
  /** The highest confidence among the sources. */
  confidence: number;
  /** When any of the sources was last seen to hold it. */
  sightedAt: Date;
  rule: FadingRule;
};

export type Faded = {
  confidence: number;
  /** How often it was halved. */
  halvings: number;
  /** When it reaches the floor unless it is seen again; past once it has. */
  endsAt: Date;
};

/** No confidence is left after so many; none is counted beyond. */
export const MOST_HALVINGS = 7;

/**
 * Confidence halves, rounded down, with each whole half-life since the last sighting and stays as it is in between: a value changes
 * at most seven times before it is seen again, and so does what stands of it at a destination. It never rises with time, a
 * sighting in the future counts as one now, and what was never halved has not reached its floor.
 */
export const fade = ({ confidence, sightedAt, rule }: FadingFacts, now: Date): Faded => {
  const { halfLifeDays, floor } = rule;
  const ageMs = Math.max(0, now.getTime() - sightedAt.getTime());
  const halvings = Math.min(MOST_HALVINGS, Math.floor(ageMs / (halfLifeDays * DAY_MS)));
  let last = 1;
  while (last < MOST_HALVINGS && confidence >> last > floor) last += 1;
  return { confidence: confidence >> halvings, halvings, endsAt: addDays(sightedAt, last * halfLifeDays) };
};

/** What fading made of a value, in a sentence; null when it made nothing of it. */
export const describeFading = (facts: FadingFacts, now: Date): string | null => {
  const { confidence, halvings } = fade(facts, now);
  if (halvings === 0) return null;
  const { halfLifeDays } = facts.rule;
  const days = Math.floor((now.getTime() - facts.sightedAt.getTime()) / DAY_MS);
  return `Confidence ${String(facts.confidence)} → ${String(confidence)}: ${String(days)} ${days === 1 ? "day" : "days"} without a sighting, half-life ${String(halfLifeDays)} ${halfLifeDays === 1 ? "day" : "days"}.`;
};

const DAY_MS = 86_400_000;
