import { UnrecoverableError, type Job } from "bullmq";
import type { z } from "zod";

import { AppError } from "@/lib/domain/errors";
import { openConsumer } from "@/lib/jobs/backend";
import type { JobDefinition } from "@/lib/jobs/define";
import type { QueueName } from "@/lib/jobs/queues";
import type { Logger } from "@/lib/observability/logger";

const GRACE_MS = 20_000;

type JobContext = {
  log: Logger;
  /** Give up: the grace period is over. */
  signal: AbortSignal;
  /** The worker is to stop: end what is under way, and begin nothing more. */
  stopping: AbortSignal;
  attempt: number;
  workerId: string;
};
export type Handler<Schema extends z.ZodType> = (
  data: z.output<Schema>,
  context: JobContext,
) => Promise<void>;
export type Registration = { job: JobDefinition<string, z.ZodType>; handle: Handler<z.ZodType> };

/** Joins a job's definition with what carries it out. */
export const handler = <Schema extends z.ZodType>(
  job: JobDefinition<string, Schema>,
  handle: Handler<Schema>,
): Registration => ({
  job,
  handle: (data, context) => handle(job.schema.parse(data), context),
});

type Runtime = { registrations: readonly Registration[]; log: Logger; workerId: string };

/** Serves one queue: checks each job's data, runs its handler, and tells BullMQ which failures to try again. */
export const startWorker = (
  queue: QueueName,
  concurrency: number,
  { registrations, log, workerId }: Runtime,
) => {
  const byName = new Map(
    registrations.filter(({ job }) => job.queue === queue).map((entry) => [entry.job.name, entry]),
  );
  const [stopping, givingUp] = [new AbortController(), new AbortController()];

  const process = async (job: Job): Promise<void> => {
    const entry = byName.get(job.name);
    const jobLog = log.child({ queue, job: job.name, jobId: job.id });
    if (!entry) {
      jobLog.warn("No handler for this job; it is dropped (its schedule outlived the code)");
      return;
    }
    const data: unknown = job.data;
    if (!entry.job.schema.safeParse(data).success)
      throw new UnrecoverableError(`Job data does not match ${job.name}`);
    try {
      const attempt = job.attemptsMade + 1;
      const signals = { signal: givingUp.signal, stopping: stopping.signal };
      await entry.handle(data, { log: jobLog, ...signals, attempt, workerId });
    } catch (error) {
      throw toQueueError(error);
    }
  };

  const consumer = openConsumer(queue, concurrency, process);
  consumer.onFailed((job, err) => {
    log.error({ err, job: job?.name, jobId: job?.id }, "Job failed");
  });
  consumer.onError((err) => {
    log.error({ err, queue }, "Worker error");
  });
  return {
    ready: consumer.ready,
    /** Lets running jobs finish and tells those that take long to come to an end; after the grace period, to give up. */
    close: async (): Promise<void> => {
      stopping.abort(new Error("The worker stops."));
      const deadline = setTimeout(() => {
        givingUp.abort(new Error("The worker stops."));
      }, GRACE_MS);
      await consumer.close();
      clearTimeout(deadline);
    },
  };
};

// BullMQ stops retrying only for its own error class; a class of ours would be tried again.
const toQueueError = (error: unknown): unknown => {
  if (!(error instanceof AppError) || error.retry === "later") return error;
  return Object.assign(new UnrecoverableError(error.message), { cause: error });
};
