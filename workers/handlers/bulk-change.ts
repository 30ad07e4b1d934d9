import { bulkChangeCarryOut } from "@/lib/jobs/bulk-change.job";
import { carryOutBulkChange } from "@/lib/services/bulk-changes/carry-out-bulk-change";

import { handler } from "../runtime";

export const bulkChangeHandler = handler(bulkChangeCarryOut, async ({ changeId }, { log, signal }) => {
  const items = await carryOutBulkChange(changeId, { signal });
  log.info({ changeId, items }, "Carried out pieces of a bulk change");
});
