import "server-only";

import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";

import { env } from "@/lib/env/server";

import { PrismaClient } from "./generated/client";

const open = () => {
  const { DATABASE_URL, WORKER_CONCURRENCY } = env();
  // A run holds one connection for as long as it takes, adds new values by a second one and renews its lease by a third: if
  // runs alone could use all of them up, each would wait for the others for ever.
  const max = SHARED_CONNECTIONS + CONNECTIONS_PER_JOB * WORKER_CONCURRENCY;
  const pool = new Pool({ connectionString: DATABASE_URL, max });
  // An idle connection that breaks (a restarted server) must not end the process; the next query opens another.
  pool.on("error", () => undefined);
  return { pool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) };
};

/** For web requests, or a worker's pushes, plans and recurring tasks. */
const SHARED_CONNECTIONS = 12;
const CONNECTIONS_PER_JOB = 3;

// `next dev` reloads modules but keeps globalThis; without this every reload would open a new pool.
const kept = globalThis as typeof globalThis & { sluiceDatabase?: ReturnType<typeof open> };

/** The pool and the Prisma client over it. Rows are reached through `scope.ts`: outside a scope there are none. */
export const database = () => (kept.sluiceDatabase ??= open());

/** Ends every connection, for scripts and tests that must exit. */
export const closeDatabase = async (): Promise<void> => {
  const { sluiceDatabase } = kept;
  delete kept.sluiceDatabase;
  if (!sluiceDatabase) return;
  await sluiceDatabase.prisma.$disconnect();
  if (!sluiceDatabase.pool.ended) await sluiceDatabase.pool.end();
};

export type Tx = Parameters<Parameters<PrismaClient["$transaction"]>[0]>[0];
