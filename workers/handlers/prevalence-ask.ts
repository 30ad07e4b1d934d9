import { prevalenceAsk } from "@/lib/jobs/prevalence-ask.job";
import { askPrevalence } from "@/lib/services/planning/ask-prevalence";

import { handler } from "../runtime";

export const prevalenceAskHandler = handler(prevalenceAsk, async ({ connectorId }, { log, signal }) => {
  const outcome = await askPrevalence(connectorId, { signal });
  log.info({ connectorId, ...outcome }, "Prevalence asked for");
});
