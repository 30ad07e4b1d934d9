import type { JobsOptions } from "bullmq";
import type { z } from "zod";

import type { QueueName } from "./queues";

/** What producers and workers agree on. The handler lives in `workers/`, so enqueueing never pulls it in. */
export type JobDefinition<Name extends string, Schema extends z.ZodType> = {
  name: Name;
  queue: QueueName;
  /** Ids only: the row in PostgreSQL is the truth, and the queue keeps job data in clear text. */
  schema: Schema;
  options: JobsOptions;
  /** Enqueues with the same key become one job while it waits, and one more after it while it is under way. */
  dedupeKey?: (data: z.output<Schema>) => string;
};

export const defineJob = <const Name extends string, Schema extends z.ZodType>(
  definition: JobDefinition<Name, Schema>,
): JobDefinition<Name, Schema> => definition;
