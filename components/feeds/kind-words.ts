import type { FeedKind } from "@/lib/domain/feed/feed";

/** What a person reads for a kind of feed. */
export const FEED_KIND_LABELS: Readonly<Record<FeedKind, string>> = {
  csv: "CSV list",
  freetext: "Text list",
  json: "JSON",
  "misp-feed": "MISP feed",
  "misp-server": "MISP server",
  taxii: "TAXII",
  upload: "Upload",
  subscription: "Subscription",
  local: "Own list",
};
