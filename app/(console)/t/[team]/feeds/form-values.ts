import { writeDaysByType } from "@/lib/actions/days-by-type";
import {
  NEW_FEED,
  toCsvValues,
  toJsonValues,
  toMispValues,
  type FeedFormValues,
} from "@/components/feeds/feed-form-values";
import { toFormKind } from "@/components/feeds/form-kinds";
import type { FeedView } from "@/lib/services/feeds/feed-view";

/** A saved feed as texts of its form. */
export const toFormValues = (feed: FeedView): FeedFormValues => ({
  ...toSettingsValues(feed),
  kind: toFormKind(feed.kind),
  fileId: feed.bodyId,
  name: feed.name,
  provider: feed.provider,
  url: feed.url ?? "",
  enabled: feed.enabled,
  everyMinutes: feed.cron === null ? String(feed.everyMinutes ?? "") : "cron",
  cron: feed.cron ?? "",
  timeZone: feed.timeZone ?? "",
  visibility: feed.visibility,
  removal: feed.removal,
  graceRuns: String(feed.graceRuns),
  expiryDays: String(feed.expiryDays ?? ""),
  expiryDaysByType: writeDaysByType(feed.expiryDaysByType),
  storeOnly: feed.storeOnly,
  staleAfterMinutes: String(feed.staleAfterMinutes ?? ""),
  confidence: String(feed.confidence),
  tlp: feed.tlp,
  tags: feed.tags.join("\n"),
  shrinkLimitPercent: String(feed.shrinkLimitPercent),
  stored:
    feed.authType === "none" && feed.headerNames.length === 0
      ? null
      : { authType: feed.authType, headerNames: feed.headerNames },
});

const toSettingsValues = (feed: FeedView) => ({
  ...NEW_FEED,
  format: feed.format,
  expireFrom: feed.expireFrom,
  growthFactor: String(feed.guards.growthFactor),
  typeMix: feed.guards.typeMix,
  limits: {
    maxRows: String(feed.limits.maxRows),
    maxMegabytes: String(feed.limits.maxMegabytes),
    maxMinutes: String(feed.limits.maxMinutes),
  },
  tls: { caPem: feed.tls.caPem ?? "", isInsecure: feed.tls.isInsecure },
  exclusionRegex: feed.exclusionRegex ?? "",
  zipEntry: feed.zipEntry ?? "",
  csv: toCsvValues(feed.csv),
  json: toJsonValues(feed.json),
  misp: toMispValues(feed.misp),
  taxii: {
    collection: feed.taxii.collection ?? "",
    minConfidence: String(feed.taxii.minConfidence),
  },
});
