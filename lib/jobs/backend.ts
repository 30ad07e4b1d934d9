import "server-only";

import {
  createPostgresBackend,
  Queue,
  Worker,
  type Job,
  type JobsOptions,
  type PostgresConnectionOptions,
  type WorkerListener,
} from "bullmq";
import { Redis } from "ioredis";
import { Pool } from "pg";

import { env } from "@/lib/env/server";

import type { QueueName } from "./queues";

/** The schema that `prisma/migrate.mjs` lets BullMQ make, and the prefix of its keys in Redis. */
const SCHEMA = "bullmq";
const PREFIX = "sluice";

/** What the product uses of a queue, whichever store it lives in. */
export type Producer = {
  add: (name: string, data: unknown, options: JobsOptions) => Promise<{ id?: string | undefined }>;
  countWaiting: () => Promise<number>;
  close: () => Promise<void>;
};

/** A producer. A web request must not hang on a dead queue: adding fails at once and the outbox keeps the work. */
export const openProducer = (name: QueueName): Producer => {
  const { REDIS_URL } = env();
  if (REDIS_URL) {
    const connection = new Redis(REDIS_URL, { maxRetriesPerRequest: 1, connectTimeout: 2_000 });
    connection.on("error", () => undefined); // every add reports its own failure
    return producer(new Queue(name, { connection, prefix: PREFIX }), async () => {
      await connection.quit().catch(() => undefined);
    });
  }
  const { connection, end } = openPool(4);
  return producer(new Queue(name, { connection }, createPostgresBackend), end);
};

type AnyQueue = {
  add: (name: string, data: unknown, options: JobsOptions) => Promise<{ id?: string | undefined }>;
  getWaitingCount: () => Promise<number>;
  on: (event: "error", listener: (error: Error) => void) => unknown;
  close: () => Promise<void>;
};

const producer = (queue: AnyQueue, closeConnection: () => Promise<void>): Producer => {
  queue.on("error", () => undefined); // the failing call reports it
  return {
    add: (job, data, options) => queue.add(job, data, options),
    countWaiting: () => queue.getWaitingCount(),
    close: async () => {
      await queue.close();
      await closeConnection();
    },
  };
};

export type Consumer = {
  onFailed: (listener: (job: Job | undefined, error: Error) => void) => void;
  onError: (listener: (error: Error) => void) => void;
  ready: () => Promise<void>;
  close: () => Promise<void>;
};

/** A consumer. It waits for a lost store as long as it takes. */
export const openConsumer = (
  name: QueueName,
  concurrency: number,
  process: (job: Job) => Promise<void>,
): Consumer => {
  const { REDIS_URL } = env();
  // A worker that dies is noticed, and its job taken over, within this time.
  const options = { concurrency, lockDuration: 15_000, stalledInterval: 15_000, maxStalledCount: 3 };
  if (REDIS_URL) {
    const connection = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
    connection.on("error", () => undefined); // the worker reports it
    return consumer(new Worker(name, process, { ...options, connection, prefix: PREFIX }), async () => {
      await connection.quit().catch(() => undefined);
    });
  }
  const { connection, end } = openPool(concurrency + 3);
  return consumer(new Worker(name, process, { ...options, connection }, createPostgresBackend), end);
};

type AnyWorker = {
  on: <E extends "failed" | "error">(event: E, listener: WorkerListener[E]) => unknown;
  waitUntilReady: () => Promise<unknown>;
  close: () => Promise<void>;
};

const consumer = (worker: AnyWorker, closeConnection: () => Promise<void>): Consumer => ({
  onFailed: (listener) => {
    worker.on("failed", listener);
  },
  onError: (listener) => {
    worker.on("error", listener);
  },
  ready: async () => {
    await worker.waitUntilReady();
  },
  close: async () => {
    await worker.close();
    await closeConnection();
  },
});

const openPool = (max: number) => {
  // BullMQ's SQL names its tables without a schema. A pool of ours, since its own needs `require`.
  const pool = new Pool({
    connectionString: env().DATABASE_URL,
    max,
    keepAlive: true,
    options: `-c search_path=${SCHEMA}`,
  });
  pool.on("error", () => undefined); // the next query opens another connection
  // BullMQ describes the pool in types of its own that @types/pg misses by a `readonly`.
  return { connection: pool as unknown as PostgresConnectionOptions, end: () => pool.end() };
};
