import { utcMinute } from "../utc";

/** What a push has left that may itself be why nothing is answered. */
export type Leftovers = {
  count: number;
  /** How many of these are to go to make room: what has a place is chosen anew by each plan. */
  forRoom: number;
  /** When its destination was read all the same; null: it was not. */
  readAt: Date | null;
};

type Waiting = {
  /** Since when nothing was answered. */
  since: Date | null;
  /** Something is left that was never sent. */
  hasUnsent: boolean;
  /** How much was sent and not answered. */
  open: number;
  /** How much of that was sent so often without an answer that it is suspected. */
  suspected: number;
  /** How much of that was to go to make room. */
  forRoom: number;
  /** When the destination was last read, by whatever application. */
  readAt: Date | null;
};

/**
 * Whether what is left of a push may be why it waits: all of it was sent again and again, and the destination was read meanwhile, or it
 * waits for longer than most outages last. Null where an outage explains it as well.
 */
export const findLeftovers = (
  { since, hasUnsent, open, suspected, forRoom, readAt }: Waiting,
  now: Date,
): Leftovers | null => {
  if (since === null || hasUnsent || open === 0 || suspected < open) return null;
  const readSince = readAt !== null && readAt > since ? readAt : null;
  return isWaitingFor(since, readSince === null ? LONGER_THAN_OUTAGES_MS : LONG_MS, now)
    ? { count: open, forRoom, readAt: readSince }
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
export const describeLeftovers = ({ count, readAt }: Pick<Leftovers, "count" | "readAt">): string =>
  `${readAt === null ? "That is long for an outage" : `The destination was read meanwhile, last at ${utcMinute(readAt)}`}, and ${
    count === 1
      ? "all that is left is 1 record that was sent again and again: it may be the cause, and can be left out"
      : `all that is left are ${count.toLocaleString("en")} records that were sent again and again: they may be the cause, and can be left out`
  } on the push's page.`;

/** Why a push ended from which a person left them out. */
export const describeLeftOut = ({ count, forRoom }: Pick<Leftovers, "count" | "forRoom">): string =>
  [
    `All else is done. A person left out ${
      count === 1
        ? "1 record that was sent again and again and never answered: its receipt says"
        : `${count.toLocaleString("en")} records that were sent again and again and never answered: their receipts say`
    } what may stand there.`,
    ...(forRoom < count
      ? ["New plans leave out what was left out, until it changes or somebody asks for it."]
      : []),
    ...(forRoom > 0 ? ["What is to go to make room is chosen anew by the next plan."] : []),
  ].join(" ");

/** What is told of each of them, with what came back last. */
export const describeOneLeftOut = (operation: keyof typeof MAY_STAND, said: string): string =>
  `A person left it out: ${MAY_STAND[operation]} ${said}`.trim();

const MAY_STAND = {
  add: "it was sent again and again and never answered, so it may stand there or not.",
  change:
    "its change was sent again and again and never answered, so it may stand there as before or changed.",
  remove: "its removal was sent again and again and never answered, so it may still stand there.",
} as const;
