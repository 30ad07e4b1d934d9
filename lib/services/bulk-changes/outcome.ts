import type { BulkOutcome } from "@/lib/domain/indicator/bulk-change";

/** What became of one item, and what its undoing needs; see the table's comments. */
export type ItemOutcome = {
  id: string;
  outcome: BulkOutcome;
  beforeId?: string | null;
  afterId?: string | null;
  tombstoneId?: string | null;
  addedAt?: Date | null;
};
