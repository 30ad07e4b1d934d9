/** Why a candidate stays out, or why what stands is taken back, as a person reads it. The list is closed. */
export const BLOCK_LABELS = {
  "taken-back": "Withdrawal of all",
  recalled: "Recalled",
  withdrawn: "Withdrawn by a person",
  withheld: "Held back by a person",
  "no-longer-listed": "No longer in any feed",
  allowlisted: "On an allowlist",
  expired: "Expired",
  "unsupported-type": "Type not supported there",
  "sent-as-addresses": "Sent as its addresses",
  "unsupported-value": "Value not accepted there",
  "private-address": "Private or reserved address",
  "store-only": "Stored only",
  "type-not-selected": "Type not selected",
  "feed-not-selected": "Feed not selected",
  "tlp-ceiling": "Above the TLP ceiling",
  "below-confidence": "Below the minimum confidence",
  "tag-blocked": "Kept in by a tag",
  "tag-not-selected": "Without a selected tag",
  "too-old": "Not seen for too long",
  "stronger-hash": "A stronger hash of the file goes instead",
  "same-file-kept-in": "Another hash of the file is kept in",
  "action-not-possible": "Action not possible for the type",
  "over-budget": "Ranked below the cut",
  "over-team-ceiling": "Above the team’s ceiling",
  "over-feed-ceiling": "Above its feed’s ceiling",
  "drift-waits": "Removed at Microsoft, waits for a decision",
  "left-outside": "Removed at Microsoft and left so",
  "too-prevalent": "Seen on too many devices to block",
  "near-allowlist": "Too close to an allowlist to block",
  disputed: "Disputed by another team",
  "waits-for-prevalence": "Waits for its prevalence",
  "held-by-others": "Held by somebody else there",
  "refused-before": "Refused before, unchanged since",
  "left-out": "Never answered and left out, unchanged since",
} as const;
export type BlockCode = keyof typeof BLOCK_LABELS;

/** What is tried once more when a person asks for it. */
export const RETRIED_CODES: readonly BlockCode[] = ["refused-before", "left-out"];

/** What a connector’s gate says; a person can let such a value through. */
export const GATE_CODES: readonly BlockCode[] = [
  "too-prevalent",
  "near-allowlist",
  "disputed",
  "waits-for-prevalence",
];

/** Whether a code is what a gate says. */
export const isGateCode = (code: string): boolean => (GATE_CODES as readonly string[]).includes(code);

/** Whether a code says why something stays out. */
export const isBlockCode = (code: string): code is BlockCode => Object.hasOwn(BLOCK_LABELS, code);

/** Why a planned item is an addition or a change. */
const WANTED_LABELS = {
  new: "Not there yet",
  "action-changed": "Action changed",
  "groups-changed": "Device groups changed",
  "expiry-changed": "Expiry changed",
  "details-changed": "Details changed",
  unanswered: "Sent before, without an answer",
  "removed-outside": "Removed outside Sluice",
  "changed-outside": "Changed outside Sluice",
} as const;
export type WantedCode = keyof typeof WANTED_LABELS;

const LABELS: Readonly<Record<string, string>> = { ...WANTED_LABELS, ...BLOCK_LABELS };

/** A reason in a few words; one that is not known any more as it is stored. */
export const codeLabel = (code: string): string => LABELS[code] ?? code;

export type PlanCode = BlockCode | WantedCode;
