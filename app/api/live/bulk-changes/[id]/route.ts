import { toBulkProgress } from "@/components/bulk-changes/bulk-words";
import { getBulkChange } from "@/lib/services/bulk-changes/get-bulk-change";

import { progressRoute } from "../../progress-route";

/** How far a change of many indicators has come, for whoever may read its team's indicators. */
export const GET = progressRoute({
  subject: "bulk change",
  permission: "indicator.read",
  find: getBulkChange,
  toMessage: toBulkProgress,
});
