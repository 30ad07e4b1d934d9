import { recallCarryOut } from "@/lib/jobs/recall-carry-out.job";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";

import { handler } from "../runtime";

export const recallCarryOutHandler = handler(recallCarryOut, async ({ recallId }, { log, signal }) => {
  const outcome = await carryOutRecall(recallId, { signal });
  log.info({ recallId, ...outcome }, "Recalled");
});
