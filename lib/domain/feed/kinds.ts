export const FEED_KINDS = [
  "csv",
  "freetext",
  "json",
  "misp-feed",
  "misp-server",
  "taxii",
  "upload",
  "local",
  "subscription",
] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

/** Read from one address in one request; the others ask several times and are told what changed. */
const SINGLE_KINDS: ReadonlySet<string> = new Set(["csv", "freetext", "json"]);
const COLLECTED_KINDS: ReadonlySet<string> = new Set(["misp-feed", "misp-server", "taxii"]);

/** Whether a feed of this kind has an address that is asked. */
export const isFetched = (kind: string): boolean => SINGLE_KINDS.has(kind) || COLLECTED_KINDS.has(kind);

/** Whether a feed of this kind is put together from many answers. */
export const isCollected = (kind: string): boolean => COLLECTED_KINDS.has(kind);
