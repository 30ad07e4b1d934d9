import { feedIngest } from "@/lib/jobs/feed-ingest.job";
import { ingestRun } from "@/lib/services/feeds/ingest-run";

import { handler } from "../runtime";

export const feedIngestHandler = handler(feedIngest, async ({ runId }, { log, signal, workerId }) => {
  const outcome = await ingestRun(runId, { workerId, signal });
  log.info({ runId, outcome }, "Feed run");
});
