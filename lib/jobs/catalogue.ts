import type { z } from "zod";

import { bulkChangeCarryOut } from "./bulk-change.job";
import { connectorPlan } from "./connector-plan.job";
import { connectorPlanUrgent } from "./connector-plan-urgent.job";
import { connectorReconcile } from "./connector-reconcile.job";
import { connectorRefresh } from "./connector-refresh.job";
import type { JobDefinition } from "./define";
import { feedIngest } from "./feed-ingest.job";
import { feedShared } from "./feed-shared.job";
import { prevalenceAsk } from "./prevalence-ask.job";
import { pushConfirm } from "./push-confirm.job";
import { pushConfirmUrgent } from "./push-confirm-urgent.job";
import { pushDeliver } from "./push-deliver.job";
import { pushDeliverUrgent } from "./push-deliver-urgent.job";
import { recallCarryOut } from "./recall-carry-out.job";
import { strangerRemoval } from "./stranger-removal.job";
import { teamFade } from "./team-fade.job";
import { teamOverlap } from "./team-overlap.job";
import { teamRescreen } from "./team-rescreen.job";

const JOBS: readonly JobDefinition<string, z.ZodType>[] = [
  feedIngest,
  feedShared,
  pushDeliver,
  pushDeliverUrgent,
  pushConfirm,
  pushConfirmUrgent,
  connectorPlan,
  connectorPlanUrgent,
  connectorReconcile,
  prevalenceAsk,
  connectorRefresh,
  strangerRemoval,
  teamRescreen,
  teamFade,
  teamOverlap,
  recallCarryOut,
  bulkChangeCarryOut,
];

/** The job of that name, or null when the code no longer has it. */
export const findJob = (name: string): JobDefinition<string, z.ZodType> | null =>
  JOBS.find((job) => job.name === name) ?? null;
