import "server-only";

import type { z } from "zod";

import { AppError } from "@/lib/domain/errors";

import { openProducer, type Producer } from "./backend";
import type { JobDefinition } from "./define";
import type { QueueName } from "./queues";

const kept = globalThis as typeof globalThis & { sluiceQueues?: Map<QueueName, Producer> };

const producerFor = (name: QueueName): Producer => {
  const producers = (kept.sluiceQueues ??= new Map());
  const existing = producers.get(name);
  if (existing) return existing;
  const opened = openProducer(name);
  producers.set(name, opened);
  return opened;
};

/** Adds a job to its queue, now. Services announce through the outbox instead, so that nothing is lost. */
export const enqueue = async <Schema extends z.ZodType>(
  job: JobDefinition<string, Schema>,
  input: z.input<Schema>,
): Promise<void> => {
  const data = job.schema.parse(input);
  // What is announced while the job is under way may be what it no longer saw: then it is done once more afterwards.
  const deduplication = job.dedupeKey && { id: job.dedupeKey(data), keepLastIfActive: true };
  try {
    await producerFor(job.queue).add(job.name, data, {
      ...job.options,
      ...(deduplication && { deduplication }),
    });
  } catch (cause) {
    throw new AppError("upstream_unavailable", "The job queue is not reachable.", { retry: "later", cause });
  }
};

/** How many jobs wait in a queue; throws when its store is not reachable. */
export const countWaiting = (name: QueueName): Promise<number> => producerFor(name).countWaiting();

/** Closes every producer, for scripts and tests that must exit. */
export const closeQueues = async (): Promise<void> => {
  const producers = [...(kept.sluiceQueues?.values() ?? [])];
  kept.sluiceQueues?.clear();
  await Promise.all(producers.map((producer) => producer.close()));
};
