import { randomUUID } from "node:crypto";

import { env } from "@/lib/env/server";
import { QUEUES } from "@/lib/jobs/queues";
import { logger } from "@/lib/observability/logger";
import { followProductLists } from "@/lib/services/allowlists/follow-product-lists";
import { shutDown } from "@/lib/services/operations/shut-down";

import { giveWay } from "./give-way";
import { bulkChangeHandler } from "./handlers/bulk-change";
import { connectorPlanHandler, connectorPlanUrgentHandler } from "./handlers/connector-plan";
import { connectorReconcileHandler } from "./handlers/connector-reconcile";
import { connectorRefreshHandler } from "./handlers/connector-refresh";
import { feedIngestHandler } from "./handlers/feed-ingest";
import { feedSharedHandler } from "./handlers/feed-shared";
import { prevalenceAskHandler } from "./handlers/prevalence-ask";
import { pushConfirmHandler, pushConfirmUrgentHandler } from "./handlers/push-confirm";
import { pushDeliverHandler, pushDeliverUrgentHandler } from "./handlers/push-deliver";
import { recallCarryOutHandler } from "./handlers/recall-carry-out";
import { strangerRemovalHandler } from "./handlers/stranger-removal";
import { teamFadeHandler } from "./handlers/team-fade";
import { teamOverlapHandler } from "./handlers/team-overlap";
import { teamRescreenHandler } from "./handlers/team-rescreen";
import { holdLittle } from "./hold-little";
import { startWorker } from "./runtime";
import { startSchedules } from "./schedules";

const workerId = randomUUID();
const log = logger.child({ workerId });
giveWay(log);
holdLittle();
const registrations = [
  feedIngestHandler,
  feedSharedHandler,
  pushDeliverHandler,
  pushDeliverUrgentHandler,
  pushConfirmHandler,
  pushConfirmUrgentHandler,
  connectorPlanHandler,
  connectorPlanUrgentHandler,
  connectorReconcileHandler,
  prevalenceAskHandler,
  connectorRefreshHandler,
  strangerRemovalHandler,
  teamRescreenHandler,
  teamFadeHandler,
  teamOverlapHandler,
  recallCarryOutHandler,
  bulkChangeHandler,
];
const workers = QUEUES.map((queue) =>
  startWorker(queue, env().WORKER_CONCURRENCY, { registrations, log, workerId }),
);
const schedules = startSchedules(log);

const stop = async (signal: NodeJS.Signals): Promise<void> => {
  log.info({ signal }, "Worker stopping");
  await schedules.stop();
  await Promise.all(workers.map((worker) => worker.close()));
  await shutDown();
};

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    stop(signal).catch((err: unknown) => {
      log.error({ err }, "The worker could not stop in order");
      process.exitCode = 1;
    });
  });

await Promise.all(workers.map((worker) => worker.ready()));
log.info("Worker ready");
// After that: it reads all lists that come with the product, and nobody has to wait for it.
try {
  await followProductLists();
} catch (err) {
  log.error(
    { err },
    "Whether the product comes with other lists could not be told; the next start of a worker looks again",
  );
}
