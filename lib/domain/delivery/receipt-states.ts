/** What can have become of an indicator at one connector. */
export const RECEIPT_STATES = [
  "pending",
  "accepted",
  "visible",
  "failed",
  "withdrawing",
  "gone",
  "skipped",
] as const;
export type ReceiptState = (typeof RECEIPT_STATES)[number];
