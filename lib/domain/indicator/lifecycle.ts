import { describeFading, fade, type FadingRule } from "./fading";
import { validUntilOf } from "./validity";

export const INDICATOR_STATES = ["active", "expired", "withdrawn", "recalled", "allowlisted"] as const;
export type IndicatorState = (typeof INDICATOR_STATES)[number];

/** The rule that decided, in the order of precedence. */
type LifecycleRule =
  | "recall"
  | "tombstone"
  | "allowlist"
  | "feed-removal"
  | "stated-validity"
  | "feed-expiry"
  | "fading"
  | "none";

/** A person's word: it beats every feed until `until` (null: until it is lifted). */
type PersonalDecision = { reason: string; by?: string; until: Date | null };

/** The allowlist entry that matched; only the effect `stop` keeps a value in. */
type AllowlistMatch = {
  list: string;
  /** Why the value is on it, in a sentence. */
  reason: string;
  effect: "stop" | "audit-only" | "warn";
  until: Date | null;
};

/**
 * What a feed does with what has gone at its source. `mirror`: gone there, gone here, once it was missing in more good
 * runs than the grace allows. `expire`: it lives until the end that its age gives it. `keep`: only a stated end ends it.
 */
type RemovalFacts =
  | { removal: "mirror"; graceRuns: number; missedRuns: number }
  | { removal: "expire"; from: "firstSeen" | "lastSeen"; until: Date | null }
  | { removal: "keep" };

export type AttributionFacts = {
  feed: string;
  /** The end that the row or the person stated; null: none. */
  statedUntil: Date | null;
  firstSeen: Date;
  lastSeen: Date;
  /** When the feed no longer held the value; null while it does. */
  absentSince: Date | null;
  policy: RemovalFacts;
};

export type LifecycleFacts = {
  recall: PersonalDecision | null;
  tombstone: PersonalDecision | null;
  /** Every entry that matches; those that only watch or warn change nothing here. */
  allowlists: readonly AllowlistMatch[];
  attributions: readonly AttributionFacts[];
  /** The highest confidence among the sources, their last sighting, and the team's rule for the type; null: it does not fade. */
  fading: { confidence: number; sightedAt: Date; rule: FadingRule } | null;
};

/** `until`: when this state ends by itself; null when it does not. */
export type Explanation = { state: IndicatorState; rule: LifecycleRule; reason: string; until: Date | null };

/**
 * The state of a value and, in a sentence, why. The precedence is written here and nowhere else: recall or tombstone ›
 * allowlist › feed's removal policy › stated validity › feed's expiry policy › the team's rule for fading confidence.
 */
export const explainState = (facts: LifecycleFacts, now: Date): Explanation => {
  const { recall, tombstone, allowlists } = facts;
  if (isInForce(recall, now)) return personal("recalled", "recall", "Recalled", recall);
  if (isInForce(tombstone, now)) return personal("withdrawn", "tombstone", "Withdrawn", tombstone);
  const allowlist = allowlists.find((match) => match.effect === "stop" && isInForce(match, now));
  if (allowlist)
    return {
      state: "allowlisted",
      rule: "allowlist",
      reason: `The allowlist “${allowlist.list}” keeps it in. ${allowlist.reason}`,
      until: allowlist.until,
    };
  const words = facts.attributions.map((attribution) => explainAttribution(attribution, now));
  const live = words.filter(({ state }) => state === "active");
  if (live.length > 0) return withFading(latest(live), facts.fading, now);
  return words.length > 0 ? latest(words) : NO_SOURCE;
};

const withFading = (live: Explanation, fading: LifecycleFacts["fading"], now: Date): Explanation => {
  const words = fading && describeFading(fading, now);
  if (fading === null || words === null) return live;
  const { endsAt } = fade(fading, now);
  if (endsAt > now) return { ...live, reason: `${live.reason} ${words}` };
  const floor = String(fading.rule.floor);
  return expired(
    "fading",
    `${words} At ${floor} or less it has expired, since ${day(endsAt)}; a new sighting brings it back.`,
  );
};

/** The state of one feed's word alone: `active`, `expired` or `withdrawn`. */
const explainAttribution = (facts: AttributionFacts, now: Date): Explanation => {
  const { feed, absentSince, statedUntil, policy } = facts;
  if (absentSince !== null && policy.removal === "mirror" && policy.missedRuns > policy.graceRuns)
    return {
      state: "withdrawn",
      rule: "feed-removal",
      reason: `${feed} removed it on ${day(absentSince)}.`,
      until: null,
    };
  if (statedUntil !== null && statedUntil <= now)
    return expired("stated-validity", `${feed} gave it until ${day(statedUntil)}.`);
  const policyUntil = policy.removal === "expire" ? policy.until : null;
  if (policyUntil !== null && policyUntil <= now)
    return expired(
      "feed-expiry",
      `${describeAge(facts)} and lets its values expire, this one on ${day(policyUntil)}.`,
    );
  const until = validUntilOf({ statedUntil, policyUntil });
  const end = until === null ? "" : ` until ${day(until)}`;
  const reason =
    absentSince === null
      ? `${feed} vouches for it${end}.`
      : `${feed} has not held it since ${day(absentSince)}; ${describeStay(policy)}${end}.`;
  return { state: "active", rule: "none", reason, until };
};

const describeAge = ({ feed, firstSeen, lastSeen, policy }: AttributionFacts): string =>
  policy.removal === "expire" && policy.from === "firstSeen"
    ? `${feed} first held it on ${day(firstSeen)}`
    : `${feed} last held it on ${day(lastSeen)}`;

const describeStay = (policy: RemovalFacts): string =>
  policy.removal === "mirror"
    ? `it may be missing in ${String(policy.graceRuns)} good runs and was in ${String(policy.missedRuns)}, so it stays`
    : "its policy lets it stay";

const isInForce = <D extends { until: Date | null }>(decision: D | null, now: Date): decision is D =>
  decision !== null && (decision.until === null || decision.until > now);

const personal = (
  state: IndicatorState,
  rule: LifecycleRule,
  verb: string,
  { reason, by, until }: PersonalDecision,
): Explanation => ({
  state,
  rule,
  reason: `${verb}${by === undefined ? "" : ` by ${by}`}${until === null ? "" : ` until ${day(until)}`}: ${reason}`,
  until,
});

const expired = (rule: LifecycleRule, reason: string): Explanation => ({
  state: "expired",
  rule,
  reason,
  until: null,
});

/** Of several words the one that reaches furthest; among ended ones the first. */
const latest = (words: readonly Explanation[]): Explanation =>
  words.reduce((best, word) => (reach(word) > reach(best) ? word : best));

const reach = ({ state, until }: Explanation): number =>
  state !== "active" ? -1 : (until?.getTime() ?? Number.POSITIVE_INFINITY);

const day = (date: Date): string => date.toISOString().slice(0, 10);

const NO_SOURCE: Explanation = {
  state: "withdrawn",
  rule: "feed-removal",
  reason: "No feed vouches for it any more.",
  until: null,
};
