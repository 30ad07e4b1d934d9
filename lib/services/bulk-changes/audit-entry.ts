import type { AuditInput } from "@/lib/services/audit/record-audit";

import type { BulkChangeView } from "./change-view";

/** One entry for all: what was asked, of which, and what came of it. Its items are listed under its id. */
export const toAuditEntry = (view: BulkChangeView, createdBy: string): AuditInput => {
  const { teamId, change, selection, undoOf, counts } = view;
  return {
    teamId,
    doer: { id: createdBy, name: view.createdBy },
    action: undoOf === null ? "indicator.bulk-change" : "indicator.bulk-undo",
    subject: { type: "bulk-change", id: view.id },
    detail: {
      ...change,
      ...(selection !== null && {
        selection: "ids" in selection ? "named one by one" : JSON.stringify(selection.filter),
      }),
      ...(undoOf !== null && { undoOf }),
      ...{ state: view.state, total: view.total, outcomes: JSON.stringify(counts) },
      ...(view.message !== null && { message: view.message }),
    },
  };
};
