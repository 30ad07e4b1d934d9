import type { RefusalCode } from "@/lib/domain/delivery/refusal";

import type { ItemOutcome } from "./contract";

/** The outcome for what is known to be refused and so is not sent. Its kind is known as well, and never read from our own words. */
export const toLocalRejection = (reason: string, code: RefusalCode): ItemOutcome => ({
  status: "rejected",
  reason,
  code,
  capacity: null,
});
