import { toCsvValues, type FeedFormValues } from "@/components/feeds/feed-form-values";
import type { FeedView } from "@/lib/services/feeds/feed-view";

/** A saved feed as texts of its form. */
export const toFormValues = (feed: FeedView): FeedFormValues => ({
  kind: feed.kind === "freetext" ? "freetext" : "csv",
  name: feed.name,
  provider: feed.provider,
  url: feed.url ?? "",
  enabled: feed.enabled,
  everyMinutes: String(feed.everyMinutes ?? ""),
  visibility: feed.visibility,
  removal: feed.removal,
  expiryDays: String(feed.expiryDays ?? ""),
  confidence: String(feed.confidence),
  tlp: feed.tlp,
  tags: feed.tags.join(", "),
  shrinkLimitPercent: String(feed.shrinkLimitPercent),
  exclusionRegex: feed.exclusionRegex ?? "",
  csv: toCsvValues(feed.csv),
  stored:
    feed.authType === "none" && feed.headerNames.length === 0
      ? null
      : { authType: feed.authType, headerNames: feed.headerNames },
});
