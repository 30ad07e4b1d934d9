import type { DriftKind } from "@/lib/domain/delivery/drift-choices";

/** What somebody did to records, as a tab says it. */
export const DRIFT_KIND_LABELS: Readonly<Record<DriftKind, string>> = {
  removed: "Removed",
  changed: "Changed",
  ended: "Ended",
  revoked: "Revoked",
};

/** What becomes of a record that nobody here knows of. */
export const STRANGER_STATE_WORDS = {
  open: "Nobody decided",
  ignored: "Ignored until it changes",
  adopted: "Adopted",
  marked: "Marked to be removed",
  removing: "Being removed; not yet seen to be gone",
  failed: "Its removal failed",
  gone: "Removed, and seen to be gone",
} as const;
