/** What became of one item of a push. */
export const PUSH_ITEM_STATES = ["pending", "sending", "accepted", "removed", "failed", "skipped"] as const;
export type PushItemState = (typeof PUSH_ITEM_STATES)[number];

/** What a push's items can be narrowed to: an outcome, what is still open, or what was seen since, there or gone, and what was not. */
export const PUSH_ITEM_FILTERS = [
  ...(["accepted", "visible", "removed", "gone", "unconfirmed"] as const),
  ...(["failed", "skipped", "open"] as const),
] as const;
export type PushItemFilter = (typeof PUSH_ITEM_FILTERS)[number];
