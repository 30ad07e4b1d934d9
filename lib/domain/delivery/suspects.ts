import { TRIES_IN_PLACE } from "./wait-after-failure";

/** A record with how many of the requests that carried it were not answered. */
export type SentBefore = { id: string; unanswered: number };

/** Whether a record may be why nothing is answered: all else goes before it. */
export const isSuspect = ({ unanswered }: Pick<SentBefore, "unanswered">): boolean =>
  unanswered > TRIES_IN_PLACE;

/**
 * Which of the suspects go next, given in the order of how often they were not answered: each time fewer of those that were not
 * answered equally often, until each stands alone. Then one is tried until it is judged, where something else was answered since.
 */
export const chooseSuspects = (
  suspects: readonly SentBefore[],
  { failures, limit }: { failures: number; limit: number },
): readonly SentBefore[] => {
  const [first] = suspects;
  if (!first) return [];
  const together = Math.ceil(suspects.length / 2 ** (first.unanswered - TRIES_IN_PLACE));
  const last = suspects.at(-1);
  if (together === 1 && last && wasAnsweredSince(last, failures)) return [last];
  const alike = suspects.filter(({ unanswered }) => unanswered === first.unanswered);
  return alike.slice(0, Math.min(limit, together));
};

/** Whether a record that went alone is not tried any more by its push, once so many requests in a row were not answered. */
export const isGivenUp = (lone: Pick<SentBefore, "unanswered">, failures: number): boolean =>
  failures > TRIES_IN_PLACE && wasAnsweredSince(lone, failures);

/**
 * Whether something else was answered since a record was tried often enough to be suspected. In an outage as many requests in a row are
 * not answered as carried it, or more.
 */
const wasAnsweredSince = ({ unanswered }: Pick<SentBefore, "unanswered">, failures: number): boolean =>
  isSuspect({ unanswered: unanswered - failures });
