import type { PushItemFilter, PushItemState } from "./push-items";
import type { ReceiptState } from "./receipt-states";

/** What became of an indicator, in one word wherever it is shown: badges, columns, filters and counts. */
export const OUTCOME_WORDS = {
  pending: "Pending",
  sending: "Being sent",
  accepted: "Accepted",
  visible: "Visible",
  removed: "Removed",
  withdrawing: "Withdrawing",
  gone: "Gone",
  unconfirmed: "Not confirmed",
  failed: "Failed",
  skipped: "Skipped",
  open: "Open",
} as const satisfies Record<ReceiptState | PushItemState | PushItemFilter, string>;
