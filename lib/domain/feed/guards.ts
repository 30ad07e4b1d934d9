import type { IndicatorType } from "../indicator/types";
import { describeRobotCheck, ROBOT_CHECK_ADVICE } from "./robot-check";
import { judgeShrink } from "./shrink-guard";

export type TypeCounts = Partial<Record<IndicatorType, number>>;

export type RunFacts = {
  /** What the feed vouches for now, distinct values. */
  live: number;
  liveByType: TypeCounts;
  /** What the run would bring. */
  found: number;
  foundByType: TypeCounts;
  bytes: number;
  /** The answer begins as a web page does. */
  isWebPage: boolean;
  /** Whose check for robots that page is; null when it is none. */
  robotCheck: string | null;
  /** Why the answer ended before its time; null when it came whole. */
  cutShort: string | null;
  /** The same bytes as a run that was left by rollback. */
  isRolledBack: boolean;
};

export type GuardSettings = { shrinkLimitPercent: number; growthFactor: number; typeMix: boolean };
type HeldCode = "cut_short" | "rolled_back" | "empty" | "web_page" | "shrink" | "growth" | "type_mix";
export type GuardVerdict = { held: false } | { held: true; code: HeldCode; message: string };

/**
 * Whether a person must look at a full run before anything of it becomes live, and the sentence that says why. The first
 * guard that speaks decides; what cannot be data at all comes before what is merely unusual.
 */
export const judgeRun = (facts: RunFacts, settings: GuardSettings): GuardVerdict => {
  const code = findReason(facts, settings);
  return code === null ? { held: false } : { held: true, code, message: describe(code, facts, settings) };
};

const findReason = (facts: RunFacts, settings: GuardSettings): HeldCode | null => {
  const { live, found, cutShort, isRolledBack, bytes, isWebPage } = facts;
  if (cutShort !== null) return "cut_short";
  if (isRolledBack) return "rolled_back";
  if (bytes === 0) return "empty";
  if (isWebPage) return "web_page";
  if (judgeShrink(live, found, settings.shrinkLimitPercent).held) return found === 0 ? "empty" : "shrink";
  if (settings.growthFactor > 0 && live >= LEAST_FOR_GROWTH && found > live * settings.growthFactor)
    return "growth";
  return settings.typeMix && live >= LEAST_FOR_MIX && found > 0 && mixShift(facts) > MIX_LIMIT
    ? "type_mix"
    : null;
};

const describe = (code: HeldCode, facts: RunFacts, settings: GuardSettings): string => {
  const { live, found } = facts;
  switch (code) {
    case "cut_short":
      return `Held: the answer broke off (${facts.cutShort ?? ""}) ${count(found)} indicators had come, ${count(live)} are live. ${STAYS} The next whole answer replaces it.`;
    case "rolled_back":
      return `Held: the source still gives what you left by rollback. ${STAYS} Accept it, discard it, or wait until the source changes.`;
    case "empty":
      return `Held: the source gave no indicator (${count(facts.bytes)} bytes). ${STAYS} Accept that it is empty, discard it, or wait for the next run.`;
    case "web_page":
      if (facts.robotCheck !== null)
        return `Held: ${describeRobotCheck("the source", facts.robotCheck)} ${STAYS} ${ROBOT_CHECK_ADVICE}`;
      return `Held: the source gave a web page instead of data, often a sign-in page or a moved address. ${STAYS} Look at the address; accept only if this page is the list.`;
    case "shrink": {
      const verdict = judgeShrink(live, found, settings.shrinkLimitPercent);
      return verdict.held ? verdict.message : "";
    }
    case "growth":
      return `Held: ${count(found)} indicators instead of about ${count(live)}, more than ${String(settings.growthFactor)} times as many. ${STAYS} Accept this size, discard it, or wait for the next run.`;
    case "type_mix":
      return `Held: the types have changed (${listTypes(facts.liveByType)} before, ${listTypes(facts.foundByType)} now). A column may have moved. ${STAYS} Accept it, discard it, or correct the mapping.`;
  }
};

/** How much of the values is of other types than before, from 0 to 1. */
const mixShift = ({ liveByType, foundByType, live, found }: RunFacts): number => {
  const types = new Set([...Object.keys(liveByType), ...Object.keys(foundByType)]) as Set<IndicatorType>;
  let sum = 0;
  for (const type of types)
    sum += Math.abs((liveByType[type] ?? 0) / live - (foundByType[type] ?? 0) / found);
  return sum / 2;
};

const listTypes = (counts: TypeCounts): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([type, number]) => `${count(number)} ${type}`)
    .join(", ") || "nothing";

const count = (value: number): string => value.toLocaleString("en-US");

const STAYS = "The last good run stays live.";
/** Below so many live values neither growth nor a mix means anything. */
const LEAST_FOR_GROWTH = 10;
const LEAST_FOR_MIX = 10;
const MIX_LIMIT = 0.5;
