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
export const nextTurn = (
  { validUntil, standingUntil, vouchings, override }: Candidate,
  { decision, isKept, maxAgeDays, now }: Options,
): number => {
  let first = NEVER;
  const at = now.getTime();
  const meet = (moment: number): void => {
    if (moment >= at && moment < first) first = moment;
  };
  if (validUntil !== null) meet(validUntil.getTime());
  if (override?.expiresAt) meet(override.expiresAt.getTime());
  for (const one of vouchings) {
    if (one.validUntil !== null) meet(one.validUntil.getTime());
    if (maxAgeDays !== null && one.sightedAt !== null) meet(addDays(one.sightedAt, maxAgeDays).getTime());
  }
  if (!decision.isWanted) return first;
  if (!isKept || standingUntil === null) meet(Math.floor(at / HOUR_MS) * HOUR_MS + HOUR_MS);
  else meet(standingUntil.getTime() - decision.lifetimeDays * DAY_MS * RENEW_BELOW);
  return first;
};
