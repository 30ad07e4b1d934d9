import { AppError } from "@/lib/domain/errors";
import { isRobotCheck } from "@/lib/domain/feed/robot-check";
import type { SourceContext } from "@/lib/feeds/source";

import type { FeedAddresses } from "./addresses";
import { type FetchedEvent, fetchEvent } from "./fetch-event";
import type { ManifestEntry } from "./manifest";

export type EventOutcome = { ok: true; event: FetchedEvent } | { ok: false; error: AppError };

/**
 * Fetches events one by one; one that cannot be had is an outcome, not an end. After many in a row that the server did not
 * even answer, or took for a robot's, it is left in peace: the rest is not asked for.
 */
export const createEventFetcher = (
  { open, signal }: Pick<SourceContext, "open" | "signal">,
  addresses: FeedAddresses,
): ((entry: ManifestEntry) => Promise<EventOutcome>) => {
  let unanswered = 0;
  return async (entry) => {
    if (unanswered >= MAX_UNANSWERED) return { ok: false, error: NOT_ASKED };
    try {
      const event = await fetchEvent(addresses.event(entry.uuid), entry, { open, signal });
      unanswered = 0;
      return { ok: true, event };
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted) throw error;
      unanswered = error.retry === "later" || isRobotCheck(error) ? unanswered + 1 : 0;
      return { ok: false, error };
    }
  };
};

const MAX_UNANSWERED = 20;
const NOT_ASKED = new AppError(
  "upstream_unavailable",
  `It was not asked for: the server had not answered ${String(MAX_UNANSWERED)} others before it.`,
  { retry: "later" },
);
