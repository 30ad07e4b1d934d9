import "server-only";

import type { PoolClient } from "pg";
import type { z } from "zod";

import type { Tx } from "@/lib/db/client";
import type { JobDefinition } from "@/lib/jobs/define";

/** Notes, inside the change's transaction, that a job is due once it commits. Call `relayOutbox` afterwards. */
export const announce = async <Schema extends z.ZodType>(
  tx: Tx,
  job: JobDefinition<string, Schema>,
  input: z.input<Schema>,
): Promise<void> => {
  await tx.$executeRaw`INSERT INTO outbox (job, data) VALUES (${job.name}, ${JSON.stringify(job.schema.parse(input))}::jsonb)`;
};

/** As `announce`, for services that work in SQL on one connection. */
export const announceSql = async <Schema extends z.ZodType>(
  client: PoolClient,
  job: JobDefinition<string, Schema>,
  input: z.input<Schema>,
): Promise<void> => {
  await client.query("INSERT INTO outbox (job, data) VALUES ($1, $2)", [
    job.name,
    JSON.stringify(job.schema.parse(input)),
  ]);
};
