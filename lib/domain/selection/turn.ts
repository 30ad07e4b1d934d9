import { addDays } from "@/lib/domain/indicator/validity";

import type { Candidate } from "./candidate";
import type { Decision } from "./decide";
import { RENEW_BELOW } from "./expiry";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Nothing but a change of what it rests on turns it. */
export const NEVER = Number.POSITIVE_INFINITY;

type Options = {
  decision: Decision;
  /** It stands as it is wanted. */
  isKept: boolean;
  maxAgeDays: number | null;
  now: Date;
};

/**
 * From which moment mere time may turn what becomes of a candidate, in milliseconds: an end comes, a record is to be renewed, or,
 * where something is to be sent, the hour passes from which its end is counted. Never later than it does turn.
 */
export const nextTurn = (candidate: Candidate, { decision, isKept, maxAgeDays, now }: Options): number => {
  const end = nextEnd(candidate, { maxAgeDays, now });
  if (!decision.isWanted) return end;
  const { standingUntil } = candidate;
  const at = now.getTime();
  if (!isKept || standingUntil === null) return Math.min(end, Math.floor(at / HOUR_MS) * HOUR_MS + HOUR_MS);
  const renewal = standingUntil.getTime() - decision.lifetimeDays * DAY_MS * RENEW_BELOW;
  return renewal >= at ? Math.min(end, renewal) : end;
};

/** When anything that is said of a candidate ends next, in milliseconds: whether it is wanted may turn then. */
export const nextEnd = (
  { validUntil, vouchings, override }: Candidate,
  { maxAgeDays, now }: Pick<Options, "maxAgeDays" | "now">,
): number => {
  const at = now.getTime();
  let first = sooner(NEVER, validUntil, at);
  if (override) first = sooner(first, override.expiresAt, at);
  for (const one of vouchings) {
    first = sooner(first, one.validUntil, at);
    if (maxAgeDays !== null && one.sightedAt !== null)
      first = sooner(first, addDays(one.sightedAt, maxAgeDays), at);
  }
  return first;
};

const sooner = (first: number, moment: Date | null | undefined, at: number): number => {
  const time = moment?.getTime() ?? NEVER;
  return time >= at && time < first ? time : first;
};
