import { IDLE, type ActionState } from "@/lib/actions/state";

import type { PreviewAnswer } from "./preview-answer";

export type PreviewState = {
  /** What the last request answered. */
  answer: ActionState;
  /** The last good preview of this address; a mapping that is refused leaves it standing. */
  shown: PreviewAnswer | null;
};

/**
 * What of a preview still speaks of the form as it stands. While other bytes are fetched nothing does; once the address has
 * changed, what went wrong with the one before is left out, and its rows are for the panel to mark.
 */
export const toCurrent = (
  state: PreviewState,
  { isFetching, hasNewAddress }: { isFetching: boolean; hasNewAddress: boolean },
): PreviewState => {
  if (isFetching) return { answer: IDLE, shown: null };
  return hasNewAddress ? { ...state, answer: IDLE } : state;
};
