import "server-only";

import { asSystem } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import { findJob } from "@/lib/jobs/catalogue";
import { enqueue } from "@/lib/jobs/enqueue";
import { logger } from "@/lib/observability/logger";

const BATCH = 200;

/**
 * Turns announced work into jobs. Safe to run anywhere and at the same time: rows are locked, and a job that was
 * added twice finds its work done. When the queue is not reachable the rows wait for the worker's next sweep.
 */
export const relayOutbox = async (): Promise<number> => {
  try {
    return await asSystem("scheduling", async (tx) => {
      // What is lost with the server is announced twice, which does no harm.
      await tx.$executeRaw`SET LOCAL synchronous_commit = off`;
      const rows = await tx.$queryRaw<{ id: bigint; job: string; data: unknown }[]>`
        SELECT id, job, data FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
      for (const { job: name, data } of rows) {
        const job = findJob(name);
        if (job) await enqueue(job, data);
        else logger.warn({ job: name }, "An announced job is no longer known; it is dropped");
      }
      const ids = rows.map(({ id }) => id);
      await tx.$executeRaw`UPDATE outbox SET sent_at = now() WHERE id = ANY (${ids})`;
      return rows.length;
    });
  } catch (error) {
    if (!(error instanceof AppError && error.retry === "later")) throw error;
    logger.warn({ err: error }, "The queue is not reachable; announced work waits in the outbox");
    return 0;
  }
};
