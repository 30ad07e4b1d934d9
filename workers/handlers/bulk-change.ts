import { bulkChangeCarryOut } from "@/lib/jobs/bulk-change.job";
import { carryOutBulkChange } from "@/lib/services/bulk-changes/carry-out-bulk-change";

import { handler } from "../runtime";

export const bulkChangeHandler = handler(bulkChangeCarryOut, async ({ changeId }, { log, signal }) => {
  const slice = await carryOutBulkChange(changeId, { signal });
  log.info({ changeId, ...slice }, "Carried out pieces of a bulk change");
});
