import type { FeedCreate } from "@/lib/domain/feed/feed";
import type { FeedKind } from "@/lib/domain/feed/kinds";

/** A saved feed as far as its definition tells of it; of its secrets only what may be shown. */
export type ExportedFeed = Omit<FeedCreate, "team" | "kind" | "headers" | "auth" | "previewId"> & {
  kind: FeedKind;
  headerNames: readonly string[];
  authType: string;
};
