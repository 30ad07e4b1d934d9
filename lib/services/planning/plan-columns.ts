import "server-only";

import type { ChangesByReason, PlanCounts } from "./plan-parts";

/** What of a plan's row is judged by limits. */
export type CountedRow = { counts: Omit<PlanCounts, "blocked">; changesByReason: ChangesByReason };

/** A plan's columns as `CountedRow` names them. */
export const COUNTED_COLUMNS = `json_build_object('add', add, 'change', change, 'remove', remove, 'keep', keep) AS counts,
  changes_by_reason AS "changesByReason"`;
