/** Why a candidate stays out, or why what stands is taken back. The list is closed: filters and counts rely on it. */
export const BLOCK_CODES = [
  "taken-back",
  "withdrawn",
  "no-longer-listed",
  "allowlisted",
  "expired",
  "unsupported-type",
  "unsupported-value",
  "private-address",
  "type-not-selected",
  "feed-not-selected",
  "tlp-ceiling",
  "below-confidence",
  "action-not-possible",
] as const;
export type BlockCode = (typeof BLOCK_CODES)[number];

/** What a person reads in a filter instead of the code. */
export const BLOCK_LABELS: Readonly<Record<BlockCode, string>> = {
  "taken-back": "Withdrawal of all",
  withdrawn: "Withdrawn by a person",
  "no-longer-listed": "No longer in any feed",
  allowlisted: "On an allowlist",
  expired: "Expired",
  "unsupported-type": "Type not supported there",
  "unsupported-value": "Value not accepted there",
  "private-address": "Private or reserved address",
  "type-not-selected": "Type not selected",
  "feed-not-selected": "Feed not selected",
  "tlp-ceiling": "Above the TLP ceiling",
  "below-confidence": "Below the minimum confidence",
  "action-not-possible": "Action not possible for the type",
};

/** Whether a code says why something stays out. */
export const isBlockCode = (code: string): code is BlockCode => Object.hasOwn(BLOCK_LABELS, code);

/** Why a planned item is an addition or a change. */
export const WANTED_CODES = ["new", "action-changed", "expiry-changed", "details-changed"] as const;
export type WantedCode = (typeof WANTED_CODES)[number];

/** What a person reads in a filter instead of the code. */
export const WANTED_LABELS: Readonly<Record<WantedCode, string>> = {
  new: "Not there yet",
  "action-changed": "Another action",
  "expiry-changed": "Another end",
  "details-changed": "Other details",
};

export type PlanCode = BlockCode | WantedCode;
