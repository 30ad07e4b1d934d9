import type { Logger } from "@/lib/observability/logger";
import { sealAudit } from "@/lib/services/audit/seal-audit";
import { announceRescreens } from "@/lib/services/allowlists/announce-rescreens";
import { announceBulkChanges } from "@/lib/services/bulk-changes/announce-bulk-changes";
import { watchCredentials } from "@/lib/services/connectors/watch-credentials";
import { watchReaders } from "@/lib/services/connectors/watch-readers";
import { announceLapsingPlans, announceMissedPlans } from "@/lib/services/planning/announce-due-plans";
import { announcePrevalence } from "@/lib/services/planning/announce-prevalence";
import { dropUnappliedWishes } from "@/lib/services/budget/drop-unapplied-wishes";
import { announceReconciles } from "@/lib/services/reconcile/announce-reconciles";
import { announceForgottenUrgent } from "@/lib/services/planning/announce-urgent";
import { announceUnconfirmed } from "@/lib/services/delivery/announce-unconfirmed";
import { announceOverlaps } from "@/lib/services/feeds/announce-overlaps";
import { announceRecalls } from "@/lib/services/recalls/announce-recalls";
import { announceFading } from "@/lib/services/scheduling/announce-fading";
import { cleanUp } from "@/lib/services/scheduling/clean-up";
import { purgeHistory } from "@/lib/services/scheduling/purge-history";
import { sweepOrphans } from "@/lib/services/scheduling/purge-orphans";
import { purgeBlocked, purgePlans } from "@/lib/services/scheduling/purge-plans";
import { purgePushes } from "@/lib/services/scheduling/purge-pushes";
import { sweep } from "@/lib/services/scheduling/sweep";
import { liftEndedHolds } from "@/lib/services/withheld/hold-end";

/**
 * What recurs, whichever store the queue lives in: each task is safe to run in every worker at once, since it takes
 * its work from PostgreSQL under locks. A task never overlaps with itself, and a failure waits for the next turn.
 */
export const startSchedules = (log: Logger) => {
  const tasks = [
    every(2_000, "sweep", () => sweep(new Date())),
    every(5_000, "audit.seal", () => sealAudit()),
    // The frequent one looks at recent ids only; an entry that committed very late is found by this one.
    every(3_600_000, "audit.seal-all", () => sealAudit({ sweep: true })),
    every(60_000, "push.confirm", () => announceUnconfirmed()),
    every(60_000, "connector.reconcile", () => announceReconciles()),
    every(60_000, "prevalence.ask", () => announcePrevalence()),
    every(20_000, "connector.plan-urgent", () => announceForgottenUrgent()),
    every(60_000, "connector.plan-missed", () => announceMissedPlans()),
    every(600_000, "connector.plan-lapsing", () => announceLapsingPlans(new Date())),
    every(600_000, "credential.watch", () => watchCredentials(new Date())),
    every(600_000, "reader.watch", () => watchReaders(new Date())),
    every(30_000, "team.rescreen", () => announceRescreens(new Date())),
    every(60_000, "team.overlap", () => announceOverlaps(new Date())),
    every(10_000, "recall.carry-out", () => announceRecalls()),
    every(60_000, "withheld.end", () => liftEndedHolds()),
    every(3_600_000, "team.fade", () => announceFading()),
    every(10_000, "bulk-change.carry-out", () => announceBulkChanges()),
    every(60_000, "clean-up", () => cleanUp()),
    every(3_600_000, "history.purge", () => purgeHistory(new Date())),
    every(60_000, "purge.orphans", () => sweepOrphans()),
    every(600_000, "budget.unapplied", () => dropUnappliedWishes()),
    every(600_000, "purge.plans", () => purgePlans()),
    every(600_000, "purge.blocked", () => purgeBlocked()),
    every(600_000, "purge.pushes", () => purgePushes(new Date())),
  ];

  function every(periodMs: number, name: string, run: () => Promise<unknown>) {
    let isStopped = false;
    let running: Promise<void> = Promise.resolve();
    const turn = async (): Promise<void> => {
      try {
        await run();
      } catch (err) {
        log.error({ err, task: name }, "A recurring task failed; it runs again in its next turn");
      }
    };
    const loop = (): void => {
      if (isStopped) return;
      running = turn().then(() => {
        if (!isStopped) timer = setTimeout(loop, periodMs);
      });
    };
    let timer = setTimeout(loop, Math.random() * periodMs);
    return async (): Promise<void> => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    };
  }

  return {
    stop: async (): Promise<void> => {
      await Promise.all(tasks.map((stop) => stop()));
    },
  };
};
