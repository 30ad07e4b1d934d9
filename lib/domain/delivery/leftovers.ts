import { utcMinute } from "../utc";

/** What a push has left that may itself be why nothing is answered. `readAt`: its destination was read all the same; null: it was not. */
export type Leftovers = { count: number; readAt: Date | null };

type Waiting = {
  /** Since when nothing was answered. */
  since: Date | null;
  /** Something is left that was never sent. */
  hasUnsent: boolean;
  /** How much was sent and not answered. */
  open: number;
  /** How much of that was sent so often without an answer that it is suspected. */
  suspected: number;
  /** When the destination was last read, by whatever application. */
  readAt: Date | null;
};

/**
 * Whether what is left of a push may be why it waits: all of it was sent again and again, and the destination was read meanwhile, or it
 * waits for longer than most outages last. Null where an outage explains it as well.
 */
export const findLeftovers = (
  { since, hasUnsent, open, suspected, readAt }: Waiting,
  now: Date,
): Leftovers | null => {
  if (since === null || hasUnsent || open === 0 || suspected < open) return null;
  const readSince = readAt !== null && readAt > since ? readAt : null;
  return isWaitingFor(since, readSince === null ? LONGER_THAN_OUTAGES_MS : LONG_MS, now)
    ? { count: open, readAt: readSince }
    : null;
};

/** Whether it is worth a look at all. */
export const isWaitingLong = (since: Date, now: Date): boolean => isWaitingFor(since, LONG_MS, now);

const isWaitingFor = (since: Date, leastMs: number, now: Date): boolean =>
  now.getTime() - since.getTime() >= leastMs;

/** Outages of writing alone are mostly shorter. */
const LONG_MS = 60 * 60_000;
const LONGER_THAN_OUTAGES_MS = 6 * LONG_MS;

/** What a person is told of it, and what can be done. */
export const describeLeftovers = ({ count, readAt }: Leftovers): string =>
  `${readAt === null ? "That is long for an outage" : `The destination was read meanwhile, last at ${utcMinute(readAt)}`}, and ${
    count === 1
      ? "all that is left is 1 record that was sent again and again: it may be the cause, and can be left out"
      : `all that is left are ${count.toLocaleString("en")} records that were sent again and again: they may be the cause, and can be left out`
  } on the push's page.`;

/** Why a push ended from which a person left them out. */
export const describeLeftOut = (count: number): string =>
  `All else is done. A person left out ${
    count === 1
      ? "1 record that was sent again and again and never answered: it"
      : `${count.toLocaleString("en")} records that were sent again and again and never answered: they`
  } may stand there or not. New plans do not add what was left out before it changes or somebody asks for it. Resume the push to try once more.`;

/** What is told of each of them, with what came back last. */
export const describeOneLeftOut = (said: string): string =>
  `A person left it out: it was sent again and again and never answered, so it may stand there or not. ${said}`.trim();
