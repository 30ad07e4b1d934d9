import { TRIES_IN_PLACE } from "./wait-after-failure";

export type SentBefore = {
  id: string;
  /** How many of the requests that carried it were not answered; where it is blamed, since it is. */
  unanswered: number;
  /** It was suspected, and something else was answered meanwhile. */
  isBlamed: boolean;
};

/** Whether a record may be why nothing is answered: all else goes before it. */
export const isSuspect = (one: SentBefore): boolean => weightOf(one) > 0;

/** How often it failed to clear itself: one that is blamed once by any request, another only by one after all quick tries. */
const weightOf = ({ unanswered, isBlamed }: SentBefore): number =>
  isBlamed ? unanswered : unanswered - TRIES_IN_PLACE;

/**
 * Which of the suspects go next: each time fewer of those that were not answered equally often, until each stands alone. Then one that is
 * blamed is tried until it is judged; but all take turns, when so many requests in a row were not answered that none is given up for it.
 */
export const chooseSuspects = (
  suspects: readonly SentBefore[],
  { limit, failures }: { limit: number; failures: number },
): readonly SentBefore[] => {
  const sorted = suspects.toSorted((one, other) => weightOf(one) - weightOf(other));
  const [first] = sorted;
  if (!first) return [];
  const together = Math.max(1, Math.ceil(sorted.length / 2 ** weightOf(first)));
  const last = sorted.at(-1);
  if (together === 1 && last?.isBlamed === true && failures <= MOST_FAILURES) return [last];
  return sorted.filter((one) => weightOf(one) === weightOf(first)).slice(0, Math.min(limit, together));
};

/**
 * Whether a record that went alone is not tried any more by its push, when so many requests in a row were not answered: it had all quick
 * tries and one more since something else was answered, and not so many others failed that it must be an outage.
 */
export const isGivenUp = ({ unanswered, isBlamed }: Omit<SentBefore, "id">, failures: number): boolean =>
  isBlamed && Math.min(unanswered, failures) > TRIES_IN_PLACE && failures <= MOST_FAILURES;

const MOST_FAILURES = 12;
